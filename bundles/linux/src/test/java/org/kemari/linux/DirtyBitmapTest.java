package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirtyBitmapTest {
    @TempDir
    Path directory;

    @Property(tries = 100)
    void marksExactlyTheRanges(
            @ForAll @Size(max = 20) List<@IntRange(max = 999) Integer> firsts, @ForAll @IntRange(max = 300) int length)
            throws IOException {
        BitSet model = new BitSet();
        try (DirtyBitmap bitmap = DirtyBitmap.anonymous(1000)) {
            for (int first : firsts) {
                int count = Math.min(length, 1000 - first);
                bitmap.mark(first, count);
                model.set(first, first + count);
            }
            assertThat(bitmap.count()).isEqualTo(model.cardinality());
            for (int bit = 0; bit < 1000; bit++) {
                assertThat(bitmap.isMarked(bit)).isEqualTo(model.get(bit));
            }
            long[] taken = new long[(int) bitmap.words()];
            assertThat(bitmap.take(taken)).isEqualTo(!model.isEmpty());
            assertThat(BitSet.valueOf(taken)).isEqualTo(model);
            assertThat(bitmap.count()).isZero();
        }
    }

    @Test
    void theFileIsSharedAndSurvives() throws IOException {
        Path file = directory.resolve("ram.dirty");
        try (DirtyBitmap one = DirtyBitmap.open(file, 100);
                DirtyBitmap two = DirtyBitmap.open(file, 100)) {
            one.mark(64, 1);
            assertThat(two.isMarked(64)).isTrue();
        }
        assertThat(Files.readAllBytes(file)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
        try (DirtyBitmap again = DirtyBitmap.open(file, 128)) {
            assertThat(again.takeWord(1)).isEqualTo(1);
            again.markWord(1, 6);
            assertThat(again.count()).isEqualTo(2);
            again.clearAll();
            assertThat(again.count()).isZero();
            again.setAll();
            assertThat(again.count()).isEqualTo(128);
            assertThatThrownBy(() -> again.mark(100, 29)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> again.mark(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> DirtyBitmap.open(file, 64)).hasMessageContaining("belongs to something else");
    }

    @Test
    void nothingIsLostBetweenMarkingAndTaking() throws Exception {
        int rounds = 20_000;
        try (DirtyBitmap bitmap = DirtyBitmap.anonymous(64)) {
            AtomicBoolean done = new AtomicBoolean();
            Thread marker = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    int bit = i & 63;
                    while (bitmap.isMarked(bit)) {
                        Thread.onSpinWait();
                    }
                    bitmap.mark(bit, 1);
                }
                done.set(true);
            });
            marker.start();
            long seen = 0;
            boolean last;
            do {
                last = done.get();
                seen += Long.bitCount(bitmap.takeWord(0));
            } while (!last);
            marker.join();
            assertThat(seen).isEqualTo(rounds);
        }
    }
}
