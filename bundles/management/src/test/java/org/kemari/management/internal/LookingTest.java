package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterState;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.management.NotificationTypes;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.SyncProgress;

/** What is found by looking: syncs, paths, the arbiter. */
class LookingTest {
    private static final long SECOND = 1_000_000_000L;

    private static DomainStatus syncing(DomainState state, long session, String phase, long done) {
        return new DomainStatus(
                "web",
                Role.PRIMARY,
                state,
                "because",
                "west",
                1,
                session,
                0,
                0,
                0,
                0,
                new SyncProgress(phase, 1, done, 1000, done, 100, (1000 - done) * 10),
                Optional.empty(),
                List.of(),
                RestorationStatus.NONE,
                Optional.empty());
    }

    private static List<DomainStatus> syncing(long done) {
        return List.of(syncing(DomainState.SYNCING, 7, "memory and disks", done));
    }

    @Test
    void aSyncIsToldInSteps() {
        SyncNews news = new SyncNews();
        assertThat(news.look(syncing(0), 0)).containsOnlyKeys("web");
        assertThat(news.look(syncing(99), SECOND)).as("less than 10 %").isEmpty();
        News step = news.look(syncing(100), 2 * SECOND).get("web");
        assertThat(step.type()).isEqualTo(NotificationTypes.SYNC);
        assertThat(step.text()).isEqualTo("Domain web: sync with west: 10 %, memory and disks, about 9 s left");
        assertThat(step.data().get("percent")).isEqualTo(10);
        assertThat(news.look(syncing(110), 6 * SECOND)).as("4 s later").isEmpty();
        assertThat(news.look(syncing(120), 7 * SECOND)).as("5 s later").hasSize(1);
        assertThat(news.look(List.of(syncing(DomainState.SYNCING, 7, "last round", 130)), 8 * SECOND))
                .as("another phase")
                .hasSize(1);
        assertThat(news.look(List.of(syncing(DomainState.SYNCING, 8, "last round", 130)), 8 * SECOND))
                .as("another attempt")
                .hasSize(1);
        assertThat(news.look(List.of(syncing(DomainState.JOINING, 8, "done", 1000)), 9 * SECOND))
                .as("not before the standby counts")
                .isEmpty();
        News end = news.look(List.of(syncing(DomainState.PROTECTED, 8, "done", 1000)), 9 * SECOND)
                .get("web");
        assertThat(end.text()).isEqualTo("Domain web: sync with west is complete");
        assertThat(news.look(List.of(syncing(DomainState.PROTECTED, 8, "done", 1000)), 20 * SECOND))
                .as("once")
                .isEmpty();
    }

    @Test
    void aSyncThatFailsHasNoEnd() {
        SyncNews news = new SyncNews();
        news.look(syncing(500), 0);
        assertThat(news.look(List.of(syncing(DomainState.SOLO, 0, "none", 0)), SECOND))
                .isEmpty();
        assertThat(news.look(syncing(500), 2 * SECOND)).as("the next attempt").hasSize(1);
    }

    @Test
    void aSyncOfNothingIsNothing() {
        assertThat(SyncNews.percent(SyncProgress.NONE)).isZero();
        assertThat(SyncNews.percent(new SyncProgress("x", 1, 3000, 1000, 0, 0, -1)))
                .isEqualTo(100);
    }

    private static List<PeerHealth> paths(PeerState one, PeerState other) {
        LatencySummary none = LatencySummary.EMPTY;
        return List.of(new PeerHealth(
                "west",
                PeerState.ALIVE,
                "",
                0,
                0,
                0,
                0,
                0,
                none,
                List.of(
                        new PathHealth("a:1", one, "says a", 0, 5, 0, none),
                        new PathHealth("b:1", other, "says b", 0, 6, 0, none))));
    }

    @Test
    void pathsComeAndGo() {
        PathNews news = new PathNews();
        assertThat(news.look(paths(PeerState.UNKNOWN, PeerState.UNKNOWN))).isEmpty();
        assertThat(news.look(paths(PeerState.ALIVE, PeerState.ALIVE)))
                .as("the first time")
                .isEmpty();
        Map<String, List<News>> lost = news.look(paths(PeerState.ALIVE, PeerState.LOST));
        assertThat(lost.get("west")).singleElement().satisfies(item -> {
            assertThat(item.type()).isEqualTo(NotificationTypes.PEER_PATH);
            assertThat(item.text()).isEqualTo("Path b:1 to west is LOST: says b");
            assertThat(item.data().get("sinceEpochMillis")).isEqualTo(6L);
        });
        assertThat(news.look(paths(PeerState.ALIVE, PeerState.LOST))).as("once").isEmpty();
        assertThat(news.look(paths(PeerState.ALIVE, PeerState.ALIVE))).containsOnlyKeys("west");
    }

    private static final class Engine implements Arbiter {
        private ArbiterState state = ArbiterState.NEEDS_NO_SERVER;
        private List<PendingDecision> pending = List.of();

        @Override
        public Optional<OwnershipRecord> read(String domain) {
            return Optional.empty();
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            return new CasOutcome.Unknown("never");
        }

        @Override
        public ArbiterState state() {
            return state;
        }

        @Override
        public List<PendingDecision> pending() {
            return pending;
        }
    }

    @Test
    void theArbiterIsLostAndFound() {
        ArbiterNews news = new ArbiterNews();
        Engine engine = new Engine();
        assertThat(news.look("zoo", Optional.of(engine), 1)).isEmpty();
        engine.state = new ArbiterState(false, "no answer from 10.0.0.9", 17);
        assertThat(news.look("zoo", Optional.of(engine), 2)).singleElement().satisfies(item -> {
            assertThat(item.type()).isEqualTo(NotificationTypes.ARBITER_LOST);
            assertThat(item.text()).isEqualTo("Arbiter zoo cannot be reached: no answer from 10.0.0.9");
            assertThat(item.data().get("sinceEpochMillis")).isEqualTo(17L);
        });
        assertThat(news.look("zoo", Optional.empty(), 3))
                .as("it was lost already")
                .isEmpty();
        engine.state = ArbiterState.NEEDS_NO_SERVER;
        assertThat(news.look("zoo", Optional.of(engine), 4))
                .extracting(News::type)
                .containsExactly(NotificationTypes.ARBITER_FOUND);
    }

    @Test
    void anEngineThatIsMissingIsLost() {
        assertThat(new ArbiterNews().look("zoo", Optional.empty(), 3))
                .extracting(News::type)
                .containsExactly(NotificationTypes.ARBITER_LOST);
    }

    @Test
    void aQuestionIsToldOnce() {
        ArbiterNews news = new ArbiterNews();
        Engine engine = new Engine();
        engine.pending = List.of(new PendingDecision("web", "may west run it?", OwnershipRecord.first("web", "west")));
        assertThat(news.look("manual", Optional.of(engine), 1)).singleElement().satisfies(item -> {
            assertThat(item.type()).isEqualTo(NotificationTypes.ARBITER_DECISION);
            assertThat(item.text()).isEqualTo("Domain web waits for an operator: may west run it?");
        });
        assertThat(news.look("manual", Optional.of(engine), 2)).isEmpty();
    }
}
