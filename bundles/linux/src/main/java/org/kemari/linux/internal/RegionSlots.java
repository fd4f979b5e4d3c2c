package org.kemari.linux.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How the active regions of a disk are kept in a {@link org.kemari.linux.ChangeLog}: two slots of 4096 bytes that are
 * written in turn, the one of a generation always whole, the other one meanwhile left alone. A sector is, little-endian:
 *
 * <pre>
 *    0   8  generation; its lowest bit tells the slot
 *    8 496  bits: region n is active; sector s begins with n = s * 3968
 *  504   4  number of the sector in both slots, 0 to 15
 *  508   4  CRC-32C of what is before
 * </pre>
 *
 * <p>Sectors are written whole or not at all: a loss of power in the middle of an update leaves a slot whose sectors are all
 * sound, of two generations, and the other slot says what was durable. A sector that is not sound is no torn update: then
 * nobody knows what is missing, and both slots count for nothing.
 */
public final class RegionSlots {
    public static final int SLOT_BYTES = 4096;
    /** Of both slots. */
    public static final int BYTES = 2 * SLOT_BYTES;

    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS = SLOT_BYTES / SECTOR_BYTES;
    private static final int BITS_AT = 8;
    private static final int SECTOR_WORDS = 62;
    private static final int NUMBER_AT = 504;
    private static final int CRC_AT = 508;
    /** More regions there are not. */
    public static final int MOST = SECTORS * SECTOR_WORDS * Long.SIZE;

    private static final long LEAST_BYTES = 1 << 20;

    private RegionSlots() {}

    /** Size of a region, a power of two. */
    public static long regionBytes(long diskBytes) {
        long bytes = LEAST_BYTES;
        while ((diskBytes - 1) / bytes >= MOST) {
            bytes *= 2;
        }
        return bytes;
    }

    /** Where the slot of a generation begins. */
    public static int slotAt(long generation) {
        return (int) (generation & 1) * SLOT_BYTES;
    }

    /** The slot of a generation. */
    public static ByteBuffer slot(long generation, long[] active) {
        ByteBuffer out = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int sector = 0; sector < SECTORS; sector++) {
            int at = sector * SECTOR_BYTES;
            out.putLong(at, generation);
            for (int i = 0; i < SECTOR_WORDS; i++) {
                int word = sector * SECTOR_WORDS + i;
                out.putLong(at + BITS_AT + i * Long.BYTES, word < active.length ? active[word] : 0);
            }
            out.putInt(at + NUMBER_AT, (int) (generation & 1) * SECTORS + sector);
            out.putInt(at + CRC_AT, crc(out.array(), at));
        }
        return out;
    }

    private static int crc(byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at, CRC_AT);
        return (int) crc.getValue();
    }

    /** What was active at last, as both slots tell it; empty if they cannot be relied on. */
    public static Optional<long[]> last(byte[] slots) {
        ByteBuffer in = ByteBuffer.wrap(slots).order(ByteOrder.LITTLE_ENDIAN);
        long[] oldest = new long[2];
        long[] youngest = new long[2];
        Arrays.fill(oldest, Long.MAX_VALUE);
        for (int number = 0; number < 2 * SECTORS; number++) {
            int at = number * SECTOR_BYTES;
            int slot = number / SECTORS;
            long generation = in.getLong(at);
            if (in.getInt(at + CRC_AT) != crc(slots, at)
                    || in.getInt(at + NUMBER_AT) != number
                    || generation < 0
                    || (generation & 1) != slot) {
                return Optional.empty();
            }
            oldest[slot] = Math.min(oldest[slot], generation);
            youngest[slot] = Math.max(youngest[slot], generation);
        }
        int last = youngest[0] > youngest[1] ? 0 : 1;
        if (oldest[last] != youngest[last]) {
            // torn: it was to follow the other one
            last = 1 - last;
        }
        boolean fits = oldest[last] == youngest[last]
                && Math.max(oldest[1 - last], oldest[last] - 1) == oldest[1 - last]
                && Math.min(youngest[1 - last], oldest[last] + 1) == youngest[1 - last];
        return fits ? Optional.of(bits(in, last)) : Optional.empty();
    }

    private static long[] bits(ByteBuffer in, int slot) {
        long[] bits = new long[SECTORS * SECTOR_WORDS];
        for (int i = 0; i < bits.length; i++) {
            int at = slot * SLOT_BYTES + i / SECTOR_WORDS * SECTOR_BYTES;
            bits[i] = in.getLong(at + BITS_AT + i % SECTOR_WORDS * Long.BYTES);
        }
        return bits;
    }
}
