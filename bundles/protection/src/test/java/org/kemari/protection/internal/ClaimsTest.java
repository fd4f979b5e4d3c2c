package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

class ClaimsTest {
    private static final OwnershipRecord SOLO = OwnershipRecord.first("web", "east");
    private static final OwnershipRecord JOINED = SOLO.joined("west", 7);

    /** One record in memory; can lose an answer, before or after the change. */
    private static final class Cell implements Arbiter {
        private Optional<OwnershipRecord> record;
        private boolean loseAnswer;
        private boolean down;

        Cell(OwnershipRecord record) {
            this.record = Optional.ofNullable(record);
        }

        @Override
        public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
            if (down) {
                throw new ArbiterException("down");
            }
            return record;
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            if (!record.equals(expected)) {
                return new CasOutcome.Lost(record);
            }
            record = Optional.of(next);
            return loseAnswer ? new CasOutcome.Unknown("answer lost") : new CasOutcome.Won(next);
        }
    }

    private final Claims east = new Claims("web", "east");
    private final Claims west = new Claims("web", "west");

    @Test
    void theFirstStartMakesTheRecordAndAnotherHostIsRefused() {
        Cell cell = new Cell(null);
        assertThat(east.ask(cell, new Claim.Start())).isEqualTo(new ClaimResult.Won(SOLO));
        assertThat(west.ask(cell, new Claim.Start())).isInstanceOf(ClaimResult.Refused.class);
    }

    @Test
    void aRestartLeavesAnOldStandbyBehind() {
        Cell cell = new Cell(JOINED);
        assertThat(east.ask(cell, new Claim.Start())).isEqualTo(new ClaimResult.Won(SOLO.solo("east")));
        assertThat(west.ask(cell, new Claim.TakeOver(1, 7))).isInstanceOf(ClaimResult.Refused.class);
    }

    @Test
    void onlyOneOfDropAndTakeoverWins() {
        Cell cell = new Cell(JOINED);
        assertThat(west.ask(cell, new Claim.TakeOver(1, 7))).isEqualTo(new ClaimResult.Won(SOLO.solo("west")));
        assertThat(east.ask(cell, new Claim.Drop(1))).isInstanceOf(ClaimResult.Refused.class);
    }

    @Test
    void aDropOfWhichTheAnswerWasLostIsProvenByTheNextGeneration() {
        Cell cell = new Cell(JOINED);
        cell.loseAnswer = true;
        assertThat(east.ask(cell, new Claim.Drop(1))).isInstanceOf(ClaimResult.Open.class);
        assertThat(east.ask(cell, new Claim.Drop(1))).isEqualTo(new ClaimResult.Won(SOLO.solo("east")));
    }

    @Test
    void aDropDefeatsAJoinThatMayStillLand() {
        Cell cell = new Cell(SOLO);
        assertThat(east.ask(cell, new Claim.Drop(1))).isEqualTo(new ClaimResult.Won(SOLO.solo("east")));
        assertThat(east.ask(cell, new Claim.Join(SOLO, "west", 7))).isInstanceOf(ClaimResult.Open.class);
        assertThat(cell.record).contains(SOLO.solo("east"));
    }

    @Test
    void anImageOfAnotherSessionTakesNothingOver() {
        assertThat(west.ask(new Cell(JOINED), new Claim.TakeOver(1, 6))).isInstanceOf(ClaimResult.Refused.class);
        assertThat(west.ask(new Cell(SOLO), new Claim.TakeOver(1, 7))).isInstanceOf(ClaimResult.Refused.class);
    }

    @Test
    void onlyTheNextGenerationProvesATakeoverOfWhichTheAnswerWasLost() {
        Cell cell = new Cell(JOINED);
        cell.loseAnswer = true;
        assertThat(west.ask(cell, new Claim.TakeOver(1, 7))).isInstanceOf(ClaimResult.Open.class);
        assertThat(west.ask(cell, new Claim.TakeOver(1, 7))).isEqualTo(new ClaimResult.Won(SOLO.solo("west")));
        // a record of its own that this host kept from before it was anybody's standby (the manual engine) proves
        // nothing
        Cell stale = new Cell(OwnershipRecord.first("web", "west"));
        assertThat(west.ask(stale, new Claim.TakeOver(5, 7))).isInstanceOf(ClaimResult.Refused.class);
    }

    @Test
    void anUnreachableArbiterLeavesTheQuestionOpen() {
        Cell cell = new Cell(JOINED);
        cell.down = true;
        assertThat(west.ask(cell, new Claim.TakeOver(1, 7))).isInstanceOf(ClaimResult.Open.class);
    }
}
