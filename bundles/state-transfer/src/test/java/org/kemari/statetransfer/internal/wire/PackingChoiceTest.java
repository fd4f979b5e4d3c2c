package org.kemari.statetransfer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kemari.statetransfer.internal.Compression;

class PackingChoiceTest {
    private static final int FRAME = 1 << 20;

    /** Sends frames over a link that takes a byte in so long, where compressing one takes so long and leaves so much. */
    private static boolean after(PackingChoice choice, int frames, double linkNanos, double packNanos, double ratio) {
        for (int i = 0; i < frames; i++) {
            double left = 1;
            int bytes = choice.next(FRAME);
            if (bytes > 0) {
                choice.packed(bytes, (int) (bytes * ratio), (long) (bytes * packNanos));
                left = bytes == FRAME ? ratio : 1;
            }
            choice.written((long) (FRAME * left), (long) (FRAME * left * linkNanos));
        }
        return choice.isOn();
    }

    @Test
    void aSlowLinkIsWorthIt() {
        PackingChoice choice = new PackingChoice(Compression.AUTO);
        assertThat(choice.next(FRAME)).as("nothing is known yet").isZero();
        assertThat(after(choice, 100, 9, 2.5, 0.5)).isTrue();
        assertThat(after(choice, 100, 9, 2.5, 0.99)).as("what is random").isFalse();
        assertThat(after(choice, 200, 9, 2.5, 0.5)).as("sampled again").isTrue();
        assertThat(after(choice, 100, 2, 2.5, 0.5)).as("another link").isFalse();
    }

    @Test
    void aFastLinkIsNotEvenSampled() {
        PackingChoice choice = new PackingChoice(Compression.AUTO);
        assertThat(after(choice, 50, 0.4, 0.1, 0.1)).isFalse();
        assertThat(choice.next(FRAME)).isZero();
    }

    @Test
    void anOperatorDecides() {
        PackingChoice always = new PackingChoice(Compression.LZ4);
        assertThat(after(always, 50, 0.1, 9, 1)).isTrue();
        assertThat(always.next(FRAME)).isEqualTo(FRAME);
        assertThat(always.next(100)).as("not worth the look").isZero();
        PackingChoice never = new PackingChoice(Compression.OFF);
        assertThat(after(never, 50, 100, 1, 0.1)).isFalse();
    }
}
