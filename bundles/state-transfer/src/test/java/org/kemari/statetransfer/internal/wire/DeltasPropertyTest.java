package org.kemari.statetransfer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.kemari.linux.NativeMemory;

class DeltasPropertyTest {
    private static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer copy(ByteBuffer of) {
        ByteBuffer copy = room(of.capacity());
        copy.put(0, of, 0, of.capacity());
        return copy;
    }

    private static ByteBuffer random(Random random, int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return room(bytes).put(content).clear();
    }

    private ByteBuffer nativeDelta = room(0);

    private boolean theSameInNativeCode(ByteBuffer fresh, ByteBuffer old, int most) throws IOException {
        if (fresh.capacity() == 0) {
            nativeDelta = room(0);
            return true;
        }
        try (NativeMemory a = NativeMemory.allocate(fresh.capacity());
                NativeMemory b = NativeMemory.allocate(fresh.capacity());
                NativeMemory out = NativeMemory.allocate(most + 8)) {
            a.copyFrom(0, fresh.duplicate());
            b.copyFrom(0, old.duplicate());
            out.putByte(most, (byte) 77);
            long length = NativeMemory.delta(a, 0, b, 0, fresh.capacity(), out, 0, most);
            assertThat(out.getByte(most)).isEqualTo((byte) 77);
            if (length < 0) {
                return false;
            }
            assertThat(NativeMemory.equal(a, 0, b, 0, fresh.capacity())).isTrue();
            nativeDelta = room((int) length);
            out.copyTo(0, nativeDelta);
            nativeDelta.clear();
            return true;
        }
    }

    /** Single bytes, and pieces that begin and end anywhere. */
    private static void scribble(ByteBuffer content, Random random, int times) {
        for (int i = 0; i < times && content.capacity() > 0; i++) {
            int at = random.nextInt(content.capacity());
            int length = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(Math.min(300, content.capacity()));
            for (int j = at; j < Math.min(content.capacity(), at + length); j++) {
                content.put(j, (byte) random.nextInt());
            }
        }
    }

    @Property(tries = 1000)
    void whatIsTakenMakesTheOldContentTheNewOne(
            @ForAll Random random,
            @ForAll @IntRange(max = 40) int words,
            @ForAll @IntRange(max = 30) int times,
            @ForAll @IntRange(max = 4200) int most)
            throws IOException {
        int bytes = random.nextBoolean() ? PageRuns.PAGE_BYTES : words * Deltas.WORD;
        ByteBuffer old = random(random, bytes);
        ByteBuffer fresh = copy(old);
        scribble(fresh, random, times);
        ByteBuffer image = copy(old);
        ByteBuffer out = room(5000).position(3);
        boolean fits = theSameInNativeCode(fresh, old, most);
        if (!Deltas.take(fresh, 0, old, 0, bytes, out, most)) {
            assertThat(out.position()).isEqualTo(3);
            assertThat(fits).isFalse();
            return;
        }
        assertThat(old).isEqualTo(fresh);
        assertThat(fits).isTrue();
        int length = out.position() - 3;
        assertThat(nativeDelta).isEqualTo(out.slice(3, length));
        assertThat(length).isLessThanOrEqualTo(most);
        Deltas.check(out, 3, length, bytes);
        for (int twice = 0; twice < 2; twice++) {
            Deltas.apply(
                    out.duplicate().order(ByteOrder.LITTLE_ENDIAN),
                    3,
                    length,
                    (offset, run) -> image.put(offset, run, run.position(), run.remaining()));
            assertThat(image).isEqualTo(fresh);
        }
    }

    @Property(tries = 50)
    void longEqualPartsAndLongDifferentOnes(@ForAll Random random, @ForAll @IntRange(max = 3) int times)
            throws WireException {
        int bytes = 3 << 20;
        ByteBuffer old = random(random, bytes);
        ByteBuffer fresh = copy(old);
        scribble(fresh, random, times);
        int from = random.nextInt(bytes / 2);
        fresh.put(from, random(random, 1 << 20), 0, 1 << 20);
        ByteBuffer image = copy(old);
        ByteBuffer out = room(2 << 20);
        assertThat(Deltas.take(fresh, 0, old, 0, bytes, out, out.capacity())).isTrue();
        int length = out.position();
        Deltas.check(out, 0, length, bytes);
        Deltas.apply(out, 0, length, (offset, run) -> image.put(offset, run, run.position(), run.remaining()));
        assertThat(image).isEqualTo(fresh);
    }

    @Property(tries = 100)
    void aPageThatHasChangedAllOverIsNotWorthIt(@ForAll Random random) {
        ByteBuffer out = room(PageRuns.PAGE_BYTES);
        assertThat(Deltas.take(
                        random(random, PageRuns.PAGE_BYTES),
                        0,
                        random(random, PageRuns.PAGE_BYTES),
                        0,
                        PageRuns.PAGE_BYTES,
                        out,
                        PageDelta.MAX_BYTES))
                .isFalse();
        assertThat(out.position()).isZero();
    }

    /** Cut off, overlong, out of range, or nonsense: refused, or harmless. */
    @Property(tries = 3000)
    void aHostileDeltaIsRefusedOrStaysWithin(@ForAll Random random, @ForAll @IntRange(max = 200) int length) {
        ByteBuffer delta = random(random, length);
        for (int i = 0; i + 4 <= length; i += 4 + 8 * random.nextInt(4)) {
            // numbers of words that could be meant
            delta.putShort(i, (short) random.nextInt(random.nextInt(10) == 0 ? 65536 : 200));
            delta.putShort(i + 2, (short) random.nextInt(random.nextInt(10) == 0 ? 65536 : 4));
        }
        try {
            Deltas.check(delta, 0, length, PageRuns.PAGE_BYTES);
        } catch (WireException e) {
            return;
        }
        ByteBuffer page = room(PageRuns.PAGE_BYTES);
        Deltas.apply(delta, 0, length, (offset, run) -> {
            assertThat(offset).isBetween(0, PageRuns.PAGE_BYTES - run.remaining());
            page.put(offset, run, run.position(), run.remaining());
        });
    }
}
