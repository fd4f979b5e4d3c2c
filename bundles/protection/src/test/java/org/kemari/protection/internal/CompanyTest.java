package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompanyTest {
    private static final long MS = 1_000_000;
    private static final long BEGUN = 1_000 * MS;

    @Test
    void withoutATargetNoOutputWaits() {
        Company company = new Company();
        company.sent(3 * MS);
        company.expect(BEGUN + 4 * MS);
        assertThat(company.isWanted()).isFalse();
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN);
        assertThat(company.awaitedUntil(BEGUN, BEGUN + 7 * MS)).isEqualTo(BEGUN + 7 * MS);
    }

    @Test
    void outputsAreNotHeldLongerThanTheTarget() {
        Company company = measured(10 * MS, 3 * MS, 4 * MS);
        busy(company);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 6 * MS);
    }

    @Test
    void epochsAreNoLongerThanWhatTheyCostIsWorth() {
        Company company = measured(100 * MS, 2 * MS, 3 * MS);
        busy(company);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 8 * MS);
    }

    @Test
    void aStandbyThatNeedsLongerThanTheTargetIsNotWaitedForInAddition() {
        Company company = measured(10 * MS, 2 * MS, 30 * MS);
        busy(company);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN);
    }

    @Test
    void aQuietGuestIsNotKeptWaiting() {
        Company company = measured(100 * MS, 2 * MS, 3 * MS);
        company.held(1, BEGUN + 3 * MS);
        company.expect(BEGUN + 3 * MS);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 3 * MS + Company.QUIET_NANOS);
        company.held(2, BEGUN + 4 * MS);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 4 * MS + Company.QUIET_NANOS);
        company.held(0, BEGUN + 5 * MS); // an epoch in flight was released
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 4 * MS + Company.QUIET_NANOS);
    }

    @Test
    void aSingleLongCheckpointDoesNotSetTheMeasure() {
        Company company = measured(100 * MS, 2 * MS, 3 * MS);
        company.sent(10 * MS);
        busy(company);
        assertThat(company.awaitedUntil(BEGUN, BEGUN)).isEqualTo(BEGUN + 16 * MS);
    }

    private static Company measured(long target, long cost, long commit) {
        Company company = new Company();
        company.target(target);
        company.sent(cost);
        company.committed(commit);
        return company;
    }

    private static void busy(Company company) {
        company.expect(BEGUN + 99 * MS);
    }
}
