package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.kemari.api.tap.FrameBatch;

class ReceivedFramesTest {
    private static final int LENGTH = 1000;

    private final ReceivedFrames frames = new ReceivedFrames();
    private final AtomicInteger rings = new AtomicInteger();

    ReceivedFramesTest() {
        frames.setBell(rings::incrementAndGet);
    }

    private void add(long from, long to) {
        for (long n = from; n <= to; n++) {
            byte value = (byte) n;
            frames.add(n, LENGTH, target -> {
                while (target.hasRemaining()) {
                    target.put(value);
                }
            });
        }
    }

    /** Number and first byte of each frame. */
    private List<String> take() throws IOException {
        List<String> taken = new ArrayList<>();
        frames.take(3, batch -> {
            assertThat(batch.nic()).isEqualTo(3);
            long[] number = {batch.first()};
            batch.frames().forEach(f -> {
                assertThat(f.remaining()).isEqualTo(LENGTH);
                assertThat(f.get(0)).isEqualTo(f.get(LENGTH - 1));
                taken.add(number[0]++ + ":" + f.get(0));
            });
        });
        return taken;
    }

    @Test
    void nothingIsLoggedUntilItIsTurnedOn() throws IOException {
        add(1, 3);
        assertThat(frames.areThere()).isFalse();
        frames.turn(true);
        add(4, 5);
        assertThat(frames.areThere()).isTrue();
        assertThat(rings).hasValue(1);
        assertThat(take()).containsExactly("4:4", "5:5");
        assertThat(frames.areThere()).isFalse();
        assertThat(take()).isEmpty();
        add(6, 6);
        assertThat(rings).hasValue(2);
        frames.turn(false);
        assertThat(frames.areThere()).isFalse();
        assertThat(take()).isEmpty();
        assertThat(frames.logged()).isEqualTo(3);
    }

    @Test
    void anEpochHasSoMuchAndNoMore() throws IOException {
        frames.turn(true);
        int fit = ReceivedFrames.BYTES / (LENGTH + 4);
        add(1, fit / 2);
        assertThat(take()).hasSize(fit / 2);
        add(fit / 2 + 1, fit + 10);
        assertThat(take()).as("taking makes no more room in the epoch").hasSize(fit - fit / 2);
        assertThat(frames.notLogged()).isEqualTo(10);
        frames.newEpoch();
        add(fit + 11, fit + 12);
        assertThat(take()).hasSize(2);
        assertThat(frames.logged()).isEqualTo(fit + 2);
    }

    @Test
    void aBatchHasNoGaps() throws IOException {
        frames.turn(true);
        add(1, 2);
        add(4, 4);
        assertThat(take()).containsExactly("1:1", "2:2");
        add(5, 6);
        assertThat(take()).containsExactly("5:5", "6:6");
        assertThat(frames.notLogged()).isEqualTo(1);
    }

    @Test
    void whatIsBeingSentIsNotOverwritten() throws IOException {
        frames.turn(true);
        add(1, 2);
        frames.take(0, batch -> {
            add(3, 4);
            ByteBuffer data = batch.data();
            assertThat(FrameBatch.count(data)).isEqualTo(2);
            assertThat(data.get(4)).isEqualTo((byte) 1);
        });
        assertThat(take()).containsExactly("3:3", "4:4");
    }

    @Test
    void whatIsNoFrameIsLeftOut() {
        frames.turn(true);
        frames.add(1, FrameBatch.HEADER_BYTES, target -> {});
        assertThat(frames.areThere()).isFalse();
    }
}
