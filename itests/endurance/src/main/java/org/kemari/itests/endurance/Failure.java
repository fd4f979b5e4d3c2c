package org.kemari.itests.endurance;

import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Faults;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Slowness;

/** What can happen to a pair and its arbiter. */
enum Failure {
    PRIMARY_KEMARI("Kemari of the primary killed", 0),
    PRIMARY_HYPERVISOR("QEMU of the primary killed", 0),
    PRIMARY_HOST("primary host killed", 0),
    STANDBY_KEMARI("Kemari of the standby killed", 0),
    STANDBY_HOST("standby host killed", 0),
    LINK_CUT("hosts cut off from each other", 4000),
    LINK_ONE_WAY("primary not heard by the standby", 4000),
    LINK_BAD("primary's cables slow and lossy", 4000),
    ARBITER_GONE("arbiter killed", 3000),
    ARBITER_AND_LINK("arbiter killed, hosts cut off from each other", 5000),
    HOST_STOPPED("primary host stopped, then continued", 5000);

    final String words;

    /** How long it lasts before it is repaired. */
    final long millis;

    Failure(String words, long millis) {
        this.words = words;
        this.millis = millis;
    }

    /** Whether a process has died on the primary, so that the standby has to take over. */
    boolean killsPrimary() {
        return this == PRIMARY_KEMARI || this == PRIMARY_HYPERVISOR || this == PRIMARY_HOST;
    }

    boolean killsStandby() {
        return this == STANDBY_KEMARI || this == STANDBY_HOST;
    }

    /** Makes it happen; {@link Rig#repair} undoes it. */
    void strike(Rig rig, KemariHost primary) throws TimeoutException {
        KemariHost standby = rig.other(primary);
        Faults faults = rig.lab().faults();
        switch (this) {
            case PRIMARY_KEMARI -> killKemari(primary);
            case PRIMARY_HYPERVISOR -> primary.killHypervisors();
            case PRIMARY_HOST -> primary.powerOff();
            case STANDBY_KEMARI -> killKemari(standby);
            case STANDBY_HOST -> standby.powerOff();
            case LINK_CUT -> faults.part(primary.name(), standby.name());
            case LINK_ONE_WAY -> faults.lose(primary.name(), standby.name());
            case LINK_BAD -> faults.slow(
                    primary.name(), Slowness.bad(rig.random().nextLong()));
            case ARBITER_GONE -> rig.witness().kill();
            case ARBITER_AND_LINK -> {
                rig.witness().kill();
                faults.part(primary.name(), standby.name());
            }
            case HOST_STOPPED -> faults.freeze(primary);
        }
    }

    private static void killKemari(KemariHost host) throws TimeoutException {
        host.killJvm();
        org.kemari.itests.lab.Await.until("the JVM is gone", Rig.PATIENCE, () -> !host.isRunning());
    }
}
