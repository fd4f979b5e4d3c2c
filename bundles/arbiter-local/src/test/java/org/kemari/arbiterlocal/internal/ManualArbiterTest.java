package org.kemari.arbiterlocal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

class ManualArbiterTest {
    private static final OwnershipRecord FIRST = OwnershipRecord.first("web", "east");
    private static final OwnershipRecord JOINED = FIRST.joined("west", 5);
    private static final OwnershipRecord TAKEN = JOINED.solo("west");

    @TempDir
    Path directory;

    private long now;
    private ManualArbiter west;

    @BeforeEach
    void standbyWest() {
        west = host("west");
        west.learn(FIRST);
        west.learn(JOINED);
    }

    private ManualArbiter host(String name) {
        return new ManualArbiter(
                new RecordStore(directory.resolve(name), Duration.ofSeconds(5)),
                new Decisions(Duration.ofSeconds(60)),
                () -> now);
    }

    private CasOutcome claim() {
        return west.compareAndSet(Optional.of(JOINED), TAKEN);
    }

    @Test
    void firstRecordsAndJoinsPass() throws Exception {
        ManualArbiter east = host("east");
        assertThat(east.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
        assertThat(east.compareAndSet(Optional.of(FIRST), JOINED)).isEqualTo(new CasOutcome.Won(JOINED));
        assertThat(east.read("web")).contains(JOINED);
        assertThat(east.pending()).isEmpty();
    }

    @Test
    void aTakeoverWaitsForTheOperator() throws Exception {
        assertThat(claim()).isInstanceOf(CasOutcome.Undecided.class);
        assertThat(west.pending()).singleElement().satisfies(p -> {
            assertThat(p.domain()).isEqualTo("web");
            assertThat(p.next()).isEqualTo(TAKEN);
            assertThat(p.question()).contains("west").contains("east").contains("dead");
        });
        assertThat(west.read("web")).contains(JOINED);

        west.decide("web", true);
        assertThat(west.pending()).isEmpty();
        assertThat(claim()).isEqualTo(new CasOutcome.Won(TAKEN));
        assertThat(west.read("web")).contains(TAKEN);
        assertThatThrownBy(() -> west.decide("web", true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void droppingAStandbyWaitsForTheOperator() {
        ManualArbiter east = host("east");
        east.learn(JOINED);
        assertThat(east.compareAndSet(Optional.of(JOINED), JOINED.solo("east")))
                .isInstanceOfSatisfying(
                        CasOutcome.Undecided.class, u -> assertThat(u.reason()).contains("without west"));
    }

    @Test
    void aNoMayBecomeAYes() {
        claim();
        west.decide("web", false);
        assertThat(claim()).isInstanceOfSatisfying(CasOutcome.Undecided.class, u -> assertThat(u.reason())
                .contains("has said no"));
        assertThat(west.pending()).hasSize(1);
        west.decide("web", true);
        assertThat(claim()).isInstanceOf(CasOutcome.Won.class);
    }

    @Test
    void questionsAndUnusedAnswersLapse() {
        claim();
        now += Duration.ofSeconds(61).toNanos();
        assertThat(west.pending()).isEmpty();
        assertThatThrownBy(() -> west.decide("web", true)).isInstanceOf(IllegalArgumentException.class);

        claim();
        west.decide("web", true);
        now += Duration.ofSeconds(61).toNanos();
        assertThat(claim()).as("a stale yes counts for nothing").isInstanceOf(CasOutcome.Undecided.class);
    }

    @Test
    void anAnswerIsForOneQuestionOnly() {
        claim();
        west.decide("web", true);
        assertThat(west.compareAndSet(Optional.of(JOINED), JOINED.solo("north")))
                .isInstanceOf(CasOutcome.Undecided.class);
    }

    @Test
    void aRecordThatHasMovedOnIsLost() {
        claim();
        west.decide("web", true);
        west.learn(JOINED.solo("east"));
        assertThat(claim()).isEqualTo(new CasOutcome.Lost(Optional.of(JOINED.solo("east"))));
        assertThat(west.pending()).isEmpty();
    }

    @Test
    void onlyNewerRecordsAreLearnt() throws Exception {
        west.learn(FIRST);
        assertThat(west.read("web")).as("older session").contains(JOINED);
        west.learn(TAKEN);
        west.learn(JOINED.solo("east"));
        assertThat(west.read("web")).as("same generation, first come").contains(TAKEN);
        west.learn(JOINED);
        assertThat(west.read("web")).as("older generation").contains(TAKEN);
        west.learn(TAKEN.joined("east", 9));
        assertThat(west.read("web")).as("newer session").contains(TAKEN.joined("east", 9));
    }

    @Test
    void recordsOutliveARestartAndQuestionsDoNot() throws Exception {
        claim();
        ManualArbiter again = host("west");
        assertThat(again.read("web")).contains(JOINED);
        assertThat(again.pending()).isEmpty();
        assertThat(again.compareAndSet(Optional.of(JOINED), TAKEN)).isInstanceOf(CasOutcome.Undecided.class);
    }
}
