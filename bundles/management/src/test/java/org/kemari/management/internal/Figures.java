package org.kemari.management.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.ConfigurationChange;
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
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.stats.NativeMemoryUse;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.api.transfer.TransferVolume;

/** A host with made-up figures, each of them different, so that mixed-up attributes are seen. */
final class Figures implements Sources {
    static final LatencySummary LATENCY = new LatencySummary(1000, 11, 22, 33, 44);

    final Map<String, DomainStatus> domains = new LinkedHashMap<>();
    final List<PeerHealth> peers = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    final List<Check> checks = new ArrayList<>();
    boolean protectionThere = true;
    boolean healthThere = true;
    boolean evacuating;
    List<String> standbys = List.of();
    /** What every operation fails with, in an exception that no console knows. */
    Optional<String> broken = Optional.empty();

    private void work() {
        broken.ifPresent(message -> {
            throw new StrangeException(message);
        });
    }

    static DomainStatus domain(DomainState state, Optional<TakeoverReport> takeover) {
        return new DomainStatus(
                "web",
                state == DomainState.STOPPED ? Role.NONE : Role.PRIMARY,
                state,
                "because of a test",
                "west",
                3,
                77,
                123,
                1_700_000_000_000L,
                4711,
                2,
                new SyncProgress("last round", 4, 100, 200, 50, 25, 8),
                state == DomainState.STOPPED ? Optional.empty() : Optional.of(transfer()),
                state == DomainState.STOPPED ? List.of() : List.of(device("disk0"), device("nic0")),
                new RestorationStatus(5, 6, 7, 8, 9, 10, LATENCY),
                takeover);
    }

    private static TransferStatus transfer() {
        return new TransferStatus(
                "west",
                77,
                true,
                125,
                124,
                0,
                120,
                9000,
                36_000_000,
                1 << 20,
                64 << 20,
                "pagemap-scan",
                LATENCY,
                LATENCY,
                LATENCY,
                LATENCY,
                LATENCY,
                new TransferVolume(120, 60_000_000, 30_000_000, 700, 6000, "lz4"));
    }

    private static DeviceStatus device(String id) {
        return new DeviceStatus(id, DeviceKind.BLOCK, true, "serving", true, false, 1, 2, 3, 4, 5, 6, 7, 8, 9, LATENCY);
    }

    static TakeoverReport takeover() {
        return new TakeoverReport("web", "east was lost", 4, 123, 1_700_000_000_500L, 1, 9, 2, 3, 4, 20_000, 6, 7);
    }

    static PeerHealth peer(PeerState state) {
        return new PeerHealth(
                "west",
                state,
                "because",
                1,
                2,
                3,
                4,
                5,
                LATENCY,
                List.of(
                        new PathHealth("10.0.0.2:7171", PeerState.LOST, "silent for 600 ms", 12.34, 1, 2, LATENCY),
                        new PathHealth("10.1.0.2:7171", PeerState.ALIVE, "heartbeats arrive", 0.25, 1, 2, LATENCY)));
    }

    @Override
    public KemariConfiguration configuration() {
        Path p = Path.of("/x");
        HostSettings host = new HostSettings(
                "east",
                List.of(new HostAddress("10.0.0.1", 7171), new HostAddress("10.1.0.1", 7171)),
                Map.of("west", List.of(new HostAddress("10.0.0.2", 7171), new HostAddress("10.1.0.2", 7171))),
                p,
                p,
                p,
                p,
                "qemu",
                "manual",
                p,
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                FenceSettings.NONE,
                true);
        return new KemariConfiguration() {
            @Override
            public HostSettings host() {
                return host;
            }

            @Override
            public Map<String, DomainDefinition> domains() {
                return Map.of(
                        "web",
                        new DomainDefinition(
                                "web",
                                512L << 20,
                                2,
                                "q35",
                                "",
                                Accelerator.AUTO,
                                new Boot.Kernel(p, Optional.empty(), ""),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                false,
                                new ProtectionSettings(
                                        standbys,
                                        true,
                                        FencePolicy.AUTO,
                                        Duration.ofSeconds(1),
                                        Duration.ZERO,
                                        ProtectionSettings.DEFAULT.writePolicy())));
            }

            @Override
            public List<ConfigurationChange> changes() {
                return List.of(new ConfigurationChange(0, "web.yaml", "vcpus", "1", "2", "in force some day"));
            }

            @Override
            public List<ConfigurationProblem> problems() {
                return List.of(new ConfigurationProblem("db.yaml", "memory", "is missing"));
            }

            @Override
            public void reload() {
                work();
                asked.add("reload");
            }
        };
    }

    /** An exception that no console knows. */
    static final class StrangeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StrangeException(String message) {
            super(message, new OperationRefusedException("inside"));
        }
    }

    @Override
    public Optional<ProtectionService> protection() {
        return protectionThere ? Optional.of(new Operations()) : Optional.empty();
    }

    private final class Operations implements ProtectionService {
        @Override
        public List<DomainStatus> domains() {
            return List.copyOf(domains.values());
        }

        @Override
        public Optional<DomainStatus> status(String domain) {
            return Optional.ofNullable(domains.get(domain));
        }

        @Override
        public void start(String domain) throws OperationRefusedException {
            work();
            throw new OperationRefusedException("web runs on west; stop it there");
        }

        @Override
        public void stop(String domain, Duration grace) {
            work();
            asked.add("stop " + domain + " " + grace);
        }

        @Override
        public void protect(String domain, Optional<String> standby) {
            work();
            asked.add("protect " + domain + " " + standby);
        }

        @Override
        public void unprotect(String domain) {
            work();
            throw new StrangeException("out of luck");
        }

        @Override
        public void takeover(String domain) {
            work();
            asked.add("takeover " + domain);
        }

        @Override
        public void switchover(String domain) {
            work();
            asked.add("switchover " + domain);
        }

        @Override
        public void evacuate() throws OperationRefusedException {
            work();
            if (evacuating) {
                throw new OperationRefusedException("this host is being evacuated already");
            }
            evacuating = true;
        }

        @Override
        public void endEvacuation() {
            work();
            evacuating = false;
        }

        @Override
        public boolean isEvacuating() {
            return evacuating;
        }
    }

    ThresholdSettings limits = ThresholdSettings.DEFAULT;

    @Override
    public List<ConfigurationProblem> settingsProblems() {
        return List.of(new ConfigurationProblem("org.kemari.link", "security", "is neither"));
    }

    @Override
    public ThresholdStore thresholds() {
        return new ThresholdStore() {
            @Override
            public ThresholdSettings settings() {
                return limits;
            }

            @Override
            public void change(ThresholdSettings settings) throws IOException {
                if (broken.isPresent()) {
                    throw new IOException(broken.get());
                }
                limits = settings;
            }
        };
    }

    @Override
    public void refresh() {
        asked.add("refresh");
    }

    @Override
    public List<NativeMemoryUse> nativeMemory() {
        return List.of(
                new NativeMemoryUse("", "other buffers", 1000),
                new NativeMemoryUse("db", "frames that are held", 20),
                new NativeMemoryUse("web", "frames that are held", 300),
                new NativeMemoryUse("web", "pages copied in a pause", 4000));
    }

    @Override
    public Optional<HealthMonitor> health() {
        HealthMonitor monitor = new HealthMonitor() {
            @Override
            public List<PeerHealth> peers() {
                return List.copyOf(peers);
            }

            @Override
            public List<Check> checks() {
                return List.copyOf(checks);
            }
        };
        return healthThere ? Optional.of(monitor) : Optional.empty();
    }

    @Override
    public Optional<Arbiter> arbiter(String engine) {
        return engine.equals("manual") ? Optional.of(new Engine()) : Optional.empty();
    }

    private final class Engine implements Arbiter {
        @Override
        public void decide(String domain, boolean allow) {
            work();
            Arbiter.super.decide(domain, allow);
        }

        @Override
        public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
            return Optional.of(OwnershipRecord.first(domain, "east").joined("west", 77));
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            return new CasOutcome.Unknown("never");
        }

        @Override
        public List<PendingDecision> pending() {
            return List.of(new PendingDecision("web", "may west run it?", OwnershipRecord.first("web", "west")));
        }
    }
}
