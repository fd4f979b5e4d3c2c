package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochLedgerTest {
    private final EpochLedger ledger = new EpochLedger();

    @Test
    void releasesUpToTheBoundaryOfTheEpoch() {
        ledger.close(1, 10);
        ledger.close(2, 10);
        ledger.close(5, 17);
        assertThat(ledger.release(0)).isZero();
        assertThat(ledger.release(1)).isEqualTo(10);
        assertThat(ledger.release(4)).isEqualTo(10);
        assertThat(ledger.isClosed(17)).isTrue();
        assertThat(ledger.isClosed(18)).isFalse();
        assertThat(ledger.release(9)).isEqualTo(17);
        assertThat(ledger.release(1)).as("never back").isEqualTo(17);
    }

    @Test
    void aNewAttemptCountsFromTheBeginning() {
        ledger.close(7, 4);
        ledger.close(8, 6);
        ledger.close(1, 9);
        assertThat(ledger.release(1)).isEqualTo(9);
        ledger.close(2, 11);
        assertThat(ledger.release(1)).isEqualTo(9);
        assertThat(ledger.release(2)).isEqualTo(11);
    }

    @Test
    void passingThroughForgetsEpochs() {
        ledger.close(3, 5);
        ledger.releaseAll(8);
        assertThat(ledger.release(3)).isEqualTo(8);
        ledger.close(1, 9);
        assertThat(ledger.release(1)).isEqualTo(9);
    }
}
