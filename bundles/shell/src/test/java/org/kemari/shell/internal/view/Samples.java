package org.kemari.shell.internal.view;

import java.util.List;
import java.util.Optional;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.api.transfer.TransferVolume;

/** Made-up figures, each of them different, so that mixed-up columns are seen. */
public final class Samples {
    public static final long SINCE = 1_700_000_000_000L;
    public static final long NOW = SINCE + 200_000;

    private Samples() {}

    public static LatencySummary latency(long median) {
        return new LatencySummary(1000, median, median * 2, median * 3, median * 4);
    }

    public static DomainStatus domain(String name, Role role, DomainState state) {
        return domain(name, role, state, 3, 0, Optional.empty());
    }

    /** @param checkpoints of its session; 0: it has none */
    public static DomainStatus domain(
            String name,
            Role role,
            DomainState state,
            long generation,
            long checkpoints,
            Optional<TakeoverReport> takeover) {
        return new DomainStatus(
                name,
                role,
                state,
                "because of a test",
                role == Role.NONE ? "" : "west",
                generation,
                77,
                123,
                SINCE,
                4711,
                2,
                new SyncProgress("memory and disks", 2, 1L << 30, 4L << 30, 50, 100L << 20, 31_000),
                checkpoints == 0 ? Optional.empty() : Optional.of(transfer(checkpoints)),
                checkpoints == 0 ? List.of() : List.of(device("disk0", 900), device("nic0", 1800)),
                new RestorationStatus(5, 6, 7, 8, 9, 10, latency(1)),
                takeover);
    }

    private static TransferStatus transfer(long checkpoints) {
        return new TransferStatus(
                "west",
                77,
                true,
                125,
                124,
                0,
                checkpoints,
                checkpoints * 10,
                checkpoints * 40_960,
                1 << 20,
                64 << 20,
                "pagemap-scan",
                latency(1100),
                latency(1200),
                latency(1300),
                latency(1400),
                latency(55),
                new TransferVolume(checkpoints, checkpoints * 61_440, checkpoints * 30_720, 3, 4, "off"));
    }

    private static DeviceStatus device(String id, long hold) {
        return new DeviceStatus(
                id, DeviceKind.BLOCK, true, "serving", true, false, 1, 2, 3, 4, 5, 6000, 7000, 8, 9, latency(hold));
    }

    public static TakeoverReport takeover() {
        return new TakeoverReport(
                "web", "east was lost", 4, 123, SINCE, 1000, 9000, 9200, 9300, 9400, 20_000, 21_000, 7);
    }

    public static PeerHealth peer(String name, PeerState state) {
        return new PeerHealth(
                name,
                state,
                "because",
                SINCE,
                2,
                3,
                4,
                5,
                latency(300),
                List.of(
                        new PathHealth("10.0.0.2:7171", PeerState.LOST, "silent", 12.34, SINCE, 2, latency(310)),
                        new PathHealth("10.1.0.2:7171", state, "heartbeats arrive", 0.25, SINCE, 2, latency(320))));
    }
}
