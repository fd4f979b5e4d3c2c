package org.kemari.page.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptsTest {
    private static final long WINDOW = Attempts.WINDOW.toNanos();

    private final Attempts attempts = new Attempts();

    private void fail(String place, int times, long nowNanos) {
        for (int i = 0; i < times; i++) {
            attempts.failed(place, nowNanos);
        }
    }

    @Test
    void who_guesses_waits_and_nobody_else_does() {
        fail("here", Attempts.FAILURES - 1, 0);
        assertThat(attempts.mayTry("here", 1)).isTrue();
        fail("here", 1, 1);
        assertThat(attempts.mayTry("here", 2)).isFalse();
        assertThat(attempts.mayTry("there", 2)).isTrue();
        assertThat(attempts.mayTry("here", WINDOW + 2)).isTrue();
    }

    @Test
    void somebody_with_many_addresses_is_one() {
        for (int i = 0; i < 2000; i++) {
            attempts.failed("place " + i, 0);
        }
        assertThat(attempts.mayTry("another", 1)).isFalse();
        assertThat(attempts.mayTry("another", WINDOW + 1)).isTrue();
    }
}
