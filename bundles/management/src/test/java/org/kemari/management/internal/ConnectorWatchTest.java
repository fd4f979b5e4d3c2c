package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A connector that does not serve is begun anew; patiently if that does not help. */
class ConnectorWatchTest {
    private static final long SECOND = 1_000_000_000L;

    private final ConnectorWatch watch = new ConnectorWatch();

    private int restarts(boolean serving, long from, long to) {
        int count = 0;
        for (long second = from; second < to; second++) {
            if (watch.isDue(serving, second * SECOND)) {
                watch.begun(second * SECOND);
                count++;
            }
        }
        return count;
    }

    @Test
    void oneThatServesIsLeftAlone() {
        assertThat(restarts(true, 0, 1000)).isZero();
    }

    @Test
    void oneThatIsJustBeginningIsLeftAlone() {
        assertThat(restarts(false, 0, 5)).isZero();
        assertThat(restarts(true, 5, 6)).isZero();
        assertThat(restarts(false, 6, 11)).as("another time").isZero();
    }

    @Test
    void oneThatDoesNotServeIsBegunAnewLessAndLessOften() {
        assertThat(restarts(false, 0, 6)).isEqualTo(1);
        assertThat(restarts(false, 6, 16)).as("10 s later").isEqualTo(1);
        assertThat(restarts(false, 16, 36)).as("20 s later").isEqualTo(1);
        assertThat(restarts(false, 1000, 4600)).as("in an hour").isBetween(12, 15);
        assertThat(restarts(true, 4600, 4601)).isZero();
        assertThat(restarts(false, 4601, 4607)).as("at once again").isEqualTo(1);
    }
}
