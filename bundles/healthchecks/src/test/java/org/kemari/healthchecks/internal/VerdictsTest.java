package org.kemari.healthchecks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.SyncProgress;

class VerdictsTest implements Verdicts.Sources {
    private final List<Check> checks = new ArrayList<>();
    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private final Map<String, DomainStatus> domains = new LinkedHashMap<>();
    private PeerState west = PeerState.ALIVE;
    private List<String> standbys = List.of("east", "west");
    private boolean healthThere = true;
    private boolean protectionThere = true;
    private final Verdicts verdicts = new Verdicts(this);

    private static DomainStatus domain(String name, Role role, DomainState state) {
        return new DomainStatus(
                name,
                role,
                state,
                "because",
                "west",
                1,
                0,
                0,
                0,
                0,
                0,
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                RestorationStatus.NONE,
                Optional.empty());
    }

    @Test
    void thereIsOneForEachThing() {
        domains.put("db", domain("db", Role.STANDBY, DomainState.READY));
        assertThat(verdicts.subjects())
                .extracting(Subject::title)
                .containsExactlyInAnyOrder(
                        "Kemari host", "Kemari arbiter", "Kemari peer west", "Kemari domain web", "Kemari domain db");
        assertThat(Subject.domain("db").tags()).containsExactly("kemari", "kemari-domain");
        protectionThere = false;
        assertThat(verdicts.subjects()).doesNotContain(Subject.domain("db")).contains(Subject.domain("web"));
    }

    @Test
    void theHostIsAllThatItHasFound() {
        assertThat(verdicts.of(Subject.HOST)).extracting(Verdict::level).containsExactly(Level.OK);
        checks.add(new Check("memory", Level.WARNING, "little is left", 1));
        checks.add(new Check("arbiter", Level.OK, "answers", 1));
        problems.add(new ConfigurationProblem("web.yaml", "memory", "is missing"));
        assertThat(verdicts.of(Subject.HOST))
                .containsExactly(
                        Verdict.warning("memory: little is left"),
                        Verdict.ok("arbiter: answers"),
                        Verdict.warning("configuration: web.yaml: memory: is missing"));
        assertThat(verdicts.of(Subject.ARBITER)).containsExactly(Verdict.ok("arbiter: answers"));
        healthThere = false;
        assertThat(verdicts.of(Subject.ARBITER)).singleElement().satisfies(verdict -> {
            assertThat(verdict.level()).isEqualTo(Level.CRITICAL);
            assertThat(verdict.text()).contains("health monitor", "is not running");
        });
    }

    @ParameterizedTest
    @CsvSource({"ALIVE, OK", "UNKNOWN, WARNING", "LOST, CRITICAL"})
    void aPeerIsWhatTheMonitorSays(PeerState state, Level level) {
        west = state;
        assertThat(verdicts.of(Subject.peer("west")))
                .containsExactly(new Verdict(level, "peer west is " + state + ": because"));
        assertThat(verdicts.of(Subject.peer("north"))).containsExactly(Verdict.warning("peer north is not watched"));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, STOPPED, OK, OK",
        "PRIMARY, STARTING, WARNING, OK",
        "PRIMARY, SOLO, WARNING, OK",
        "PRIMARY, SYNCING, WARNING, OK",
        "PRIMARY, JOINING, WARNING, OK",
        "PRIMARY, PROTECTED, OK, OK",
        "PRIMARY, SWITCHING, OK, OK",
        "PRIMARY, HOLDING, CRITICAL, CRITICAL",
        "PRIMARY, FAILED, CRITICAL, CRITICAL",
        "STANDBY, RECEIVING, WARNING, WARNING",
        "STANDBY, READY, OK, OK",
        "STANDBY, CLAIMING, CRITICAL, CRITICAL",
        "STANDBY, FENCING, CRITICAL, CRITICAL",
        "STANDBY, TAKING_OVER, CRITICAL, CRITICAL"
    })
    void aDomainIsProtectedOrSaysWhyNot(Role role, DomainState state, Level wanted, Level unwanted) {
        domains.put("web", domain("web", role, state));
        String text = "domain web: " + role + " " + state + ": because";
        assertThat(verdicts.of(Subject.domain("web"))).containsExactly(new Verdict(wanted, text));
        standbys = List.of("east");
        assertThat(verdicts.of(Subject.domain("web")))
                .as("no other host is named")
                .containsExactly(new Verdict(unwanted, text));
    }

    @Test
    void whatIsWrongWithADomainIsTold() {
        domains.put("web", domain("web", Role.PRIMARY, DomainState.PROTECTED));
        checks.add(new Check("domain web: guest", Level.CRITICAL, "it hangs", 1));
        checks.add(new Check("domain web: device a", Level.OK, "serves", 1));
        checks.add(new Check("domain web2: guest", Level.CRITICAL, "it hangs too", 1));
        assertThat(verdicts.of(Subject.domain("web")))
                .extracting(Verdict::text)
                .containsExactly("domain web: PRIMARY PROTECTED: because", "domain web: guest: it hangs");
        protectionThere = false;
        assertThat(verdicts.of(Subject.domain("web")))
                .extracting(Verdict::level)
                .containsExactly(Level.CRITICAL);
    }

    @Override
    public KemariConfiguration configuration() {
        Path p = Path.of("/x");
        HostAddress here = new HostAddress("10.0.0.1", 7171);
        HostSettings host = new HostSettings(
                "east",
                List.of(here),
                Map.of("west", List.of(here)),
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
        DomainDefinition web = new DomainDefinition(
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
                        ProtectionSettings.DEFAULT.writePolicy()));
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
                return problems;
            }

            @Override
            public void reload() {
                throw new AssertionError("nobody has asked for that");
            }
        };
    }

    @Override
    public Optional<HealthMonitor> health() {
        PeerHealth peer = new PeerHealth("west", west, "because", 0, 0, 0, 0, 0, LatencySummary.EMPTY, List.of());
        HealthMonitor monitor = new HealthMonitor() {
            @Override
            public List<PeerHealth> peers() {
                return List.of(peer);
            }

            @Override
            public List<Check> checks() {
                return checks;
            }
        };
        return healthThere ? Optional.of(monitor) : Optional.empty();
    }

    @Override
    public Optional<ProtectionService> protection() {
        return protectionThere ? Optional.of(new Looking()) : Optional.empty();
    }

    /** Health checks look and do nothing. */
    private final class Looking implements ProtectionService {
        @Override
        public List<DomainStatus> domains() {
            return List.copyOf(domains.values());
        }

        @Override
        public Optional<DomainStatus> status(String domain) {
            return Optional.ofNullable(domains.get(domain));
        }

        private OperationRefusedException refuse() {
            return new OperationRefusedException("a health check does nothing");
        }

        @Override
        public void start(String domain) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void stop(String domain, Duration grace) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void protect(String domain, Optional<String> standby) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void unprotect(String domain) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void takeover(String domain) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void switchover(String domain) throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void evacuate() throws OperationRefusedException {
            throw refuse();
        }

        @Override
        public void endEvacuation() {
            throw new AssertionError("a health check does nothing");
        }

        @Override
        public boolean isEvacuating() {
            return false;
        }
    }
}
