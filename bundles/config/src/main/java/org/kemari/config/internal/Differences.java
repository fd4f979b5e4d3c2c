package org.kemari.config.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kemari.api.config.ConfigurationChange;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.NicDefinition;

/** What is different in two settings or definitions, key by key, and when it is in force. */
final class Differences<T> {
    private static final String AT_ONCE = "in force at once";
    private static final String NEXT_GUEST = "for guests that are started from now on";
    private static final String WHEN_STARTED_ANEW = "in force when its guest is started anew";
    private static final String NEXT_STANDBY = "in force when a standby is looked for next";
    private static final String NEXT_SESSION = "in force when a session with a standby begins";
    private static final String NEXT_START = "in force when this host's Kemari is started";

    private final String file;
    private final T before;
    private final T now;
    private final List<ConfigurationChange> found = new ArrayList<>();

    private Differences(String file, T before, T now) {
        this.file = file;
        this.before = before;
        this.now = now;
    }

    /** Of settings that can change while Kemari runs. */
    static List<ConfigurationChange> of(HostSettings before, HostSettings now) {
        Differences<HostSettings> all = new Differences<>(HostSettingsParser.PID, before, now);
        all.look("listen", h -> texts(h.listen()), AT_ONCE);
        all.look("peers", Differences::peers, AT_ONCE);
        all.look("heartbeatPeriod", h -> Units.duration(h.heartbeatPeriod()), AT_ONCE);
        all.look("silenceTimeout", h -> Units.duration(h.silenceTimeout()), AT_ONCE);
        if (!before.fence().command().equals(now.fence().command())) {
            // its arguments may be passwords
            all.add("fenceCommand", program(before), program(now), AT_ONCE);
        }
        all.look("fenceTimeout", h -> Units.duration(h.fence().timeout()), AT_ONCE);
        all.look("fenceRetryDelay", h -> Units.duration(h.fence().retryDelay()), AT_ONCE);
        all.look("qemuBinary", HostSettings::qemuBinary, NEXT_GUEST);
        all.look("preloadLibrary", h -> Boolean.toString(h.preloadLibrary()), NEXT_GUEST);
        return List.copyOf(all.found);
    }

    private static String program(HostSettings settings) {
        return settings.fence().command().stream()
                .findFirst()
                .map(word -> word + " …")
                .orElse("none");
    }

    /** Of two definitions of a domain. */
    static List<ConfigurationChange> of(String file, DomainDefinition before, DomainDefinition now) {
        Differences<DomainDefinition> all = new Differences<>(file, before, now);
        all.look("memory", d -> Units.bytes(d.memoryBytes()), WHEN_STARTED_ANEW);
        all.look("vcpus", d -> Integer.toString(d.vcpus()), WHEN_STARTED_ANEW);
        all.look("machine", DomainDefinition::machine, WHEN_STARTED_ANEW);
        all.look("cpu", DomainDefinition::cpu, WHEN_STARTED_ANEW);
        all.look("accelerator", d -> lower(d.accelerator()), WHEN_STARTED_ANEW);
        all.look("boot", d -> text(d.boot()), WHEN_STARTED_ANEW);
        all.look("disks", d -> d.disks().stream().map(Differences::text).collect(list()), WHEN_STARTED_ANEW);
        all.look("nics", d -> d.nics().stream().map(Differences::text).collect(list()), WHEN_STARTED_ANEW);
        all.look("consoleLog", d -> d.consoleLog().map(Object::toString).orElse(""), WHEN_STARTED_ANEW);
        all.look("autostart", d -> Boolean.toString(d.autostart()), NEXT_START);
        all.look("protection.standbys", d -> texts(d.protection().standbys()), NEXT_STANDBY);
        all.look("protection.automatic", d -> Boolean.toString(d.protection().automatic()), NEXT_STANDBY);
        all.look("protection.fence", d -> lower(d.protection().fence()), NEXT_SESSION);
        all.look("protection.maxEpochAge", d -> Units.duration(d.protection().maxEpochAge()), AT_ONCE);
        all.look("protection.minEpochGap", d -> Units.duration(d.protection().minEpochGap()), AT_ONCE);
        all.look("protection.writePolicy", d -> lower(d.protection().writePolicy()), NEXT_SESSION);
        all.look(
                "protection.epochsInFlight",
                d -> Integer.toString(d.protection().epochsInFlight()),
                AT_ONCE);
        all.look("protection.targetLatency", d -> Units.duration(d.protection().targetLatency()), AT_ONCE);
        all.look("protection.frameLog", d -> Boolean.toString(d.protection().frameLog()), AT_ONCE);
        all.look("protection.packetLog", d -> Boolean.toString(d.protection().packetLog()), AT_ONCE);
        return List.copyOf(all.found);
    }

    /** A file that has come or gone. */
    static ConfigurationChange file(String file, Optional<DomainDefinition> now) {
        return new ConfigurationChange(
                System.currentTimeMillis(), file, "", "", now.isPresent() ? "defined" : "removed", AT_ONCE);
    }

    private void look(String key, Function<T, String> value, String effect) {
        String old = value.apply(before);
        String fresh = value.apply(now);
        if (!old.equals(fresh)) {
            add(key, old, fresh, effect);
        }
    }

    private void add(String key, String old, String fresh, String effect) {
        found.add(new ConfigurationChange(System.currentTimeMillis(), file, key, old, fresh, effect));
    }

    private static java.util.stream.Collector<CharSequence, ?, String> list() {
        return Collectors.joining(", ");
    }

    private static String texts(List<?> values) {
        return values.stream().map(Object::toString).collect(list());
    }

    private static String peers(HostSettings host) {
        return host.peers().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(peer -> peer.getKey() + "="
                        + peer.getValue().stream().map(HostAddress::toString).collect(Collectors.joining("|")))
                .collect(list());
    }

    private static String lower(Enum<?> value) {
        return Section.name(value);
    }

    private static String text(Boot boot) {
        if (boot instanceof Boot.Kernel kernel) {
            return "kernel " + kernel.kernel()
                    + kernel.initrd().map(file -> " with " + file).orElse("")
                    + (kernel.commandLine().isEmpty() ? "" : ": " + kernel.commandLine());
        }
        return boot instanceof Boot.Disk disk ? "firmware " + lower(disk.firmware()) : boot.toString();
    }

    private static String text(DiskDefinition disk) {
        return disk.id() + " " + lower(disk.mode()) + " " + disk.path() + (disk.readOnly() ? " read only" : "")
                + " with " + disk.queues() + " queue(s)";
    }

    private static String text(NicDefinition nic) {
        return nic.id() + " " + nic.mac() + " " + nic.tapDevice()
                + (nic.bridge().isEmpty() ? "" : " in " + nic.bridge());
    }
}
