package org.kemari.health.internal.checks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.transfer.SyncProgress;

/** Values that checks look at. */
final class Examples {
    static final ProtectionSettings WANTED = new ProtectionSettings(
            List.of("east", "west"),
            true,
            FencePolicy.AUTO,
            Duration.ofSeconds(1),
            Duration.ZERO,
            ProtectionSettings.DEFAULT.writePolicy());

    private Examples() {}

    static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    static DomainStatus domain(DomainState state, long epoch, long pid, DeviceStatus... devices) {
        Role role =
                switch (state) {
                    case STOPPED -> Role.NONE;
                    case RECEIVING, READY, CLAIMING, FENCING, TAKING_OVER -> Role.STANDBY;
                    default -> Role.PRIMARY;
                };
        return new DomainStatus(
                "web",
                role,
                state,
                "because of that",
                "west",
                3,
                17,
                epoch,
                0,
                pid,
                0,
                SyncProgress.NONE,
                Optional.empty(),
                List.of(devices),
                RestorationStatus.NONE,
                Optional.empty());
    }

    /** A connected disk. */
    static DeviceStatus disk(boolean holding, int inFlight, long writes, int held, long released, long errors) {
        return disk("serving", true, holding, inFlight, writes, held, released, errors);
    }

    static DeviceStatus disk(
            String state,
            boolean connected,
            boolean holding,
            int inFlight,
            long writes,
            int held,
            long released,
            long errors) {
        return new DeviceStatus(
                "vda",
                DeviceKind.BLOCK,
                connected,
                state,
                holding,
                false,
                inFlight,
                held,
                7,
                writes,
                3,
                0,
                0,
                0,
                errors,
                new LatencySummary(released, 1, 1, 1, 1));
    }

    static KemariConfiguration configuration(Path root) {
        HostSettings host = new HostSettings(
                "east",
                List.of(new HostAddress("127.0.0.1", 1)),
                Map.of(),
                root.resolve("run"),
                root.resolve("state"),
                root.resolve("ram"),
                root.resolve("domains"),
                "qemu",
                "file",
                root.resolve("arbiter"),
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                FenceSettings.NONE,
                true);
        DomainDefinition web = new DomainDefinition(
                "web",
                64 << 20,
                1,
                "pc",
                "",
                Accelerator.AUTO,
                new Boot.Disk(Boot.Firmware.SEABIOS),
                List.of(),
                List.of(),
                Optional.empty(),
                false,
                WANTED);
        return new KemariConfiguration() {
            @Override
            public HostSettings host() {
                return host;
            }

            @Override
            public Map<String, DomainDefinition> domains() {
                return Map.of("web", web);
            }

            @Override
            public List<ConfigurationProblem> problems() {
                return List.of();
            }

            @Override
            public void reload() {}
        };
    }
}
