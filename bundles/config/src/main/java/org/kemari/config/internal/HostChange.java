package org.kemari.config.internal;

import org.kemari.api.config.HostSettings;

/** Which settings can be changed while Kemari runs. */
final class HostChange {
    private HostChange() {}

    /** The settings now with what can be changed taken from the next; what cannot is reported. */
    static HostSettings apply(HostSettings now, HostSettings next, Problems problems) {
        keep(problems, "name", now.name(), next.name());
        keep(problems, "runRoot", now.runRoot(), next.runRoot());
        keep(problems, "stateRoot", now.stateRoot(), next.stateRoot());
        keep(problems, "ramRoot", now.ramRoot(), next.ramRoot());
        keep(problems, "domainDirectory", now.domainDirectory(), next.domainDirectory());
        keep(problems, "arbiterEngine", now.arbiterEngine(), next.arbiterEngine());
        keep(problems, "arbiterDirectory", now.arbiterDirectory(), next.arbiterDirectory());
        return new HostSettings(
                now.name(),
                next.listen(),
                next.peers(),
                now.runRoot(),
                now.stateRoot(),
                now.ramRoot(),
                now.domainDirectory(),
                next.qemuBinary(),
                now.arbiterEngine(),
                now.arbiterDirectory(),
                next.heartbeatPeriod(),
                next.silenceTimeout(),
                next.fence(),
                next.preloadLibrary());
    }

    private static void keep(Problems problems, String key, Object now, Object next) {
        if (!now.equals(next)) {
            problems.advise(key, "is changed to '" + next + "'; '" + now + "' is in force until Kemari is restarted");
        }
    }
}
