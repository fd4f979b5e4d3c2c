package org.kemari.linux.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionSlotsTest {
    private static final int SECTOR = 512;

    private static long[] some(int seed) {
        return new Random(seed).longs(RegionSlots.MOST / 64).toArray();
    }

    private static byte[] slots(long generation) {
        ByteBuffer slots = ByteBuffer.allocate(RegionSlots.BYTES);
        slots.put(
                RegionSlots.slotAt(generation - 1),
                RegionSlots.slot(generation - 1, some(1)).array());
        slots.put(
                RegionSlots.slotAt(generation),
                RegionSlots.slot(generation, some(2)).array());
        return slots.array();
    }

    private static void write(byte[] slots, int sector, ByteBuffer slot, long generation) {
        int at = sector * SECTOR;
        System.arraycopy(slot.array(), at, slots, RegionSlots.slotAt(generation) + at, SECTOR);
    }

    @Test
    void theYoungerOneCounts() {
        assertThat(RegionSlots.last(slots(8))).hasValue(some(2));
        assertThat(RegionSlots.last(slots(9))).hasValue(some(2));
        assertThat(RegionSlots.last(slots(1))).hasValue(some(2));
    }

    @Test
    void anUpdateCountsWhenItIsThereAsAWhole() {
        for (long generation : new long[] {9, 10}) {
            for (int written = 0; written < 1 << 8; written++) {
                byte[] slots = slots(generation - 1);
                for (int sector = 0; sector < 8; sector++) {
                    if ((written >>> sector & 1) != 0) {
                        write(slots, sector, RegionSlots.slot(generation, some(3)), generation);
                    }
                }
                assertThat(RegionSlots.last(slots)).hasValue(some(written == 255 ? 3 : 2));
            }
        }
    }

    @Test
    void whatNoUpdateLeavesBehindCountsForNothing() {
        byte[] whole = slots(8);
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(RegionSlots.last(damaged)).isEmpty();
        }
        assertThat(RegionSlots.last(new byte[RegionSlots.BYTES])).isEmpty();
        byte[] torn = slots(9);
        write(torn, 3, RegionSlots.slot(7, some(3)), 7);
        write(torn, 3, RegionSlots.slot(10, some(3)), 10);
        assertThat(RegionSlots.last(torn)).as("both torn").isEmpty();
        byte[] late = slots(9);
        write(late, 3, RegionSlots.slot(12, some(3)), 12);
        assertThat(RegionSlots.last(late)).as("one update is missing").isEmpty();
        byte[] early = slots(9);
        write(early, 3, RegionSlots.slot(6, some(3)), 6);
        assertThat(RegionSlots.last(early)).as("an older one came back").isEmpty();
        byte[] apart = slots(8);
        System.arraycopy(slots(12), 0, apart, 0, 4096);
        assertThat(RegionSlots.last(apart)).isEmpty();
        byte[] same = slots(8);
        System.arraycopy(same, 0, same, 4096, 4096);
        assertThat(RegionSlots.last(same)).as("copied to the other slot").isEmpty();
        byte[] negative = slots(8);
        ByteBuffer slot = RegionSlots.slot(Long.MIN_VALUE, some(1));
        System.arraycopy(slot.array(), 0, negative, 0, 4096);
        assertThat(RegionSlots.last(negative)).isEqualTo(Optional.empty());
        assertThat(Arrays.equals(whole, slots(8))).isTrue();
    }

    @Test
    void aRegionGrowsWithTheDisk() {
        assertThat(RegionSlots.regionBytes(512)).isEqualTo(1 << 20);
        assertThat(RegionSlots.regionBytes(31L << 30)).isEqualTo(1 << 20);
        assertThat(RegionSlots.regionBytes((31L << 30) + 512)).isEqualTo(2 << 20);
        assertThat(RegionSlots.regionBytes(1L << 40)).isEqualTo(64 << 20);
        assertThat(RegionSlots.regionBytes(Long.MAX_VALUE)).isPositive();
    }
}
