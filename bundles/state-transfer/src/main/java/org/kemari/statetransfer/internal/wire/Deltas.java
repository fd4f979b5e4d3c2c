package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * What has changed between two contents of the same size, in words of 8 bytes: runs of words that differ, each as the
 * number of equal words before it (16 bits), the number of words in it (16 bits), and the new words themselves. The new
 * words and not their difference: applied to what has them already, a delta changes nothing.
 *
 * <p>Words that are equal for longer than 16 bits can tell make a run without words. All buffers are little-endian and are
 * used by index; their positions stay as they are, but for where a delta is written.
 */
public final class Deltas {
    static final int WORD = Long.BYTES;
    private static final int WORD_SHIFT = 3;
    private static final int RUN_HEAD = 4;
    private static final int MOST = 0xffff;
    /** Equal words are looked for so many at a time. */
    private static final int STRIDE = 8;

    private Deltas() {}

    /**
     * Writes what must be done to the old content to get the new one, and makes the old one equal to it as far as was
     * looked.
     *
     * @param fresh the new content, from an index that is a multiple of 8, like that of the old one
     * @param bytes size of both, a multiple of 8
     * @param out where to; its position is moved, and back again if it is not worth it
     * @param most bytes that are worth it
     * @return whether the delta is there; if not, the old content is neither of the two
     */
    public static boolean take(
            ByteBuffer fresh, int at, ByteBuffer old, int oldAt, int bytes, ByteBuffer out, int most) {
        int begin = out.position();
        int words = bytes >>> WORD_SHIFT;
        int room = Math.min(most, out.remaining());
        int put = begin;
        int end = begin + room;
        int word = 0;
        int runEnd = 0;
        while (true) {
            word = equalUpTo(fresh, at, old, oldAt, word, words);
            if (word == words) {
                out.position(put);
                return true;
            }
            int skipped = word - runEnd;
            while (skipped > MOST) {
                if (put + RUN_HEAD > end) {
                    return false;
                }
                out.putInt(put, MOST);
                put += RUN_HEAD;
                skipped -= MOST;
            }
            int head = put;
            put += RUN_HEAD;
            int from = word;
            int limit = Math.min(words, from + Math.min(MOST, (end - put) >> WORD_SHIFT));
            while (word < limit) {
                long value = fresh.getLong(at + (word << WORD_SHIFT));
                if (value == old.getLong(oldAt + (word << WORD_SHIFT))) {
                    break;
                }
                old.putLong(oldAt + (word << WORD_SHIFT), value);
                out.putLong(put, value);
                put += WORD;
                word++;
            }
            if (word == from) {
                return false; // no room for even one word
            }
            out.putInt(head, skipped | (word - from) << 16);
            runEnd = word;
        }
    }

    /** The first word from here on that differs, or the number of words. */
    private static int equalUpTo(ByteBuffer a, int aAt, ByteBuffer b, int bAt, int from, int words) {
        int word = from;
        for (; word + STRIDE <= words; word += STRIDE) {
            int i = aAt + (word << WORD_SHIFT);
            int j = bAt + (word << WORD_SHIFT);
            long different = (a.getLong(i) ^ b.getLong(j))
                    | (a.getLong(i + 8) ^ b.getLong(j + 8))
                    | (a.getLong(i + 16) ^ b.getLong(j + 16))
                    | (a.getLong(i + 24) ^ b.getLong(j + 24))
                    | (a.getLong(i + 32) ^ b.getLong(j + 32))
                    | (a.getLong(i + 40) ^ b.getLong(j + 40))
                    | (a.getLong(i + 48) ^ b.getLong(j + 48))
                    | (a.getLong(i + 56) ^ b.getLong(j + 56));
            if (different != 0) {
                break;
            }
        }
        while (word < words && a.getLong(aAt + (word << WORD_SHIFT)) == b.getLong(bAt + (word << WORD_SHIFT))) {
            word++;
        }
        return word;
    }

    /**
     * Checks that a delta that came from elsewhere is whole, and stays within what it is for.
     *
     * @param delta from {@code at}, {@code length} bytes within the buffer
     * @param bytes size of the content
     */
    static void check(ByteBuffer delta, int at, int length, int bytes) throws WireException {
        int words = bytes >>> WORD_SHIFT;
        int word = 0;
        int i = 0;
        while (i < length) {
            if (length - i < RUN_HEAD) {
                throw new WireException("a delta that ends in the middle of a run");
            }
            int head = delta.getInt(at + i);
            int run = head >>> 16;
            i += RUN_HEAD;
            word += (head & MOST) + run;
            if (word > words || (run == 0 && (head & MOST) != MOST)) {
                throw new WireException("a delta for word " + word + " of " + words);
            }
            if (length - i < run << WORD_SHIFT) {
                throw new WireException("a delta that lacks words");
            }
            i += run << WORD_SHIFT;
        }
    }

    /** Where the runs of a delta go. */
    public interface Target {
        /** @param words new content, from its position to its limit; not to be kept */
        void write(int offset, ByteBuffer words);
    }

    /**
     * Carries out a delta that has been checked.
     *
     * @param delta a view of its own: position and limit are changed
     */
    public static void apply(ByteBuffer delta, int at, int length, Target target) {
        int offset = 0;
        int i = at;
        while (i < at + length) {
            int head = delta.getInt(i);
            int run = (head >>> 16) << WORD_SHIFT;
            offset += (head & MOST) << WORD_SHIFT;
            i += RUN_HEAD;
            target.write(offset, delta.limit(i + run).position(i));
            offset += run;
            i += run;
            delta.clear();
        }
    }

    /** CRC-32C of a part of a buffer; a view of it is changed. */
    public static int crc(CRC32C crc, ByteBuffer view, int at, int bytes) {
        crc.reset();
        crc.update(view.clear().position(at).limit(at + bytes));
        view.clear();
        return (int) crc.getValue();
    }

    static void requireLittleEndian(ByteBuffer buffer) {
        if (buffer.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException("deltas are little-endian");
        }
    }
}
