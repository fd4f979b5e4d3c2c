package org.kemari.shell.internal.commands;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.shell.internal.Kemari;
import org.kemari.shell.internal.view.EventHistory;
import org.kemari.shell.internal.view.Samples;
import org.kemari.shell.internal.view.Speedometer;

/** A host named east with made-up domains, that remembers what it was asked for. */
final class FakeKemari implements Kemari {
    final Map<String, DomainStatus> domains = new LinkedHashMap<>();
    final List<String> asked = new ArrayList<>();
    final Clock clock = Clock.fixed(Instant.ofEpochMilli(Samples.NOW), ZoneOffset.UTC);
    final EventHistory history = new EventHistory(clock);
    final Speedometer speedometer = new Speedometer();
    final List<PendingDecision> pending = new ArrayList<>();
    Optional<Path> consoleLog = Optional.empty();
    boolean servicesThere = true;
    boolean arbiterAnswers = true;

    @Override
    public Optional<KemariConfiguration> findConfiguration() {
        return servicesThere ? Optional.of(new Configuration()) : Optional.empty();
    }

    private final class Configuration implements KemariConfiguration {
        @Override
        public HostSettings host() {
            Path p = Path.of("/x");
            return new HostSettings(
                    "east",
                    List.of(new HostAddress("10.0.0.1", 7171)),
                    Map.of("west", List.of(new HostAddress("10.0.0.2", 7171))),
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
        }

        @Override
        public Map<String, DomainDefinition> domains() {
            Boot boot = new Boot.Kernel(Path.of("/x"), Optional.empty(), "");
            return Map.of(
                    "web",
                    new DomainDefinition(
                            "web",
                            512L << 20,
                            2,
                            "q35",
                            "",
                            Accelerator.AUTO,
                            boot,
                            List.of(),
                            List.of(),
                            consoleLog,
                            false,
                            ProtectionSettings.DEFAULT));
        }

        @Override
        public List<ConfigurationProblem> problems() {
            return List.of(new ConfigurationProblem("db.yaml", "memory", "is missing"));
        }

        @Override
        public void reload() {
            throw new AssertionError("not expected");
        }
    }

    @Override
    public Optional<ProtectionService> findProtection() {
        return servicesThere ? Optional.of(new Operations()) : Optional.empty();
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
            throw new OperationRefusedException(domain + " runs on west; stop it there");
        }

        @Override
        public void stop(String domain, Duration grace) {
            asked.add("stop " + domain + " " + grace.toSeconds());
        }

        @Override
        public void protect(String domain, Optional<String> standby) {
            asked.add("protect " + domain + standby.map(s -> " on " + s).orElse(""));
        }

        @Override
        public void unprotect(String domain) {
            asked.add("unprotect " + domain);
        }

        @Override
        public void takeover(String domain) {
            asked.add("takeover " + domain);
        }

        @Override
        public void switchover(String domain) {
            asked.add("switchover " + domain);
        }

        @Override
        public void evacuate() {
            asked.add("evacuate");
        }

        @Override
        public void endEvacuation() {
            asked.add("endEvacuation");
        }

        @Override
        public boolean isEvacuating() {
            return asked.contains("evacuate");
        }
    }

    @Override
    public Optional<HealthMonitor> findHealth() {
        HealthMonitor monitor = new HealthMonitor() {
            @Override
            public List<PeerHealth> peers() {
                return List.of(Samples.peer("west", PeerState.ALIVE));
            }

            @Override
            public List<Check> checks() {
                return List.of(new Check("memory", Check.Level.OK, "enough", 0));
            }
        };
        return servicesThere ? Optional.of(monitor) : Optional.empty();
    }

    @Override
    public Optional<Arbiter> findArbiter(String engine) {
        return engine.equals("manual") ? Optional.of(new Engine()) : Optional.empty();
    }

    private final class Engine implements Arbiter {
        @Override
        public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
            if (!arbiterAnswers) {
                throw new ArbiterException("no answer", null);
            }
            return Optional.of(OwnershipRecord.first(domain, "east").joined("west", 77));
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            throw new AssertionError("a command changes no record");
        }

        @Override
        public List<PendingDecision> pending() {
            return pending;
        }

        @Override
        public void decide(String domain, boolean allow) {
            asked.add("decide " + domain + " " + allow);
        }
    }

    @Override
    public EventHistory history() {
        return history;
    }

    @Override
    public Speedometer speedometer() {
        return speedometer;
    }

    @Override
    public Clock clock() {
        return clock;
    }
}
