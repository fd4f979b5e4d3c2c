package org.kemari.virtio.block;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a block device is: its configuration space (virtio 1.2, 5.2.4), and the limits that requests are checked against.
 * The two hosts of a domain must use the same, or they would not agree on which requests are executed.
 *
 * @param capacityBytes size of the disk; an incomplete last sector cannot be reached
 * @param readOnly whether the guest may not write
 * @param queues number of request queues
 * @param segmentsMax largest number of data segments in a request
 * @param physicalBlockBytes what the medium writes at once, a power of two from 512
 */
public record BlockConfig(long capacityBytes, boolean readOnly, int queues, int segmentsMax, int physicalBlockBytes) {
    public static final int SECTOR_BYTES = 512;
    /** Length of the configuration space with all its optional fields, up to those of secure erase. */
    public static final int SPACE_BYTES = 72;
    /** Longest serial number. */
    public static final int ID_BYTES = 20;
    /** Largest number of ranges in one discard or write-zeroes request. */
    public static final int MAX_RANGES = 16;
    /** Largest range of a discard, 2 GiB: it is done without moving data. */
    public static final int MAX_DISCARD_SECTORS = 1 << 22;
    /** Largest range of a write-zeroes, 32 MiB: it may have to be written, and holds up what comes after it. */
    public static final int MAX_WRITE_ZEROES_SECTORS = 1 << 16;

    private static final int WRITEBACK = 32;
    private static final int QUEUES = 34;

    public BlockConfig {
        if (capacityBytes < 0 || queues < 1 || queues > 0xffff || segmentsMax < 1) {
            throw new IllegalArgumentException(
                    "capacity " + capacityBytes + ", queues " + queues + ", segments " + segmentsMax);
        }
        if (physicalBlockBytes < SECTOR_BYTES || Integer.bitCount(physicalBlockBytes) != 1) {
            throw new IllegalArgumentException("physical block of " + physicalBlockBytes + " bytes");
        }
    }

    /** A disk with the usual limits. */
    public static BlockConfig of(long capacityBytes, boolean readOnly, int queues) {
        return new BlockConfig(capacityBytes, readOnly, queues, 254, 4096);
    }

    /** Number of sectors. */
    public long capacitySectors() {
        return capacityBytes / SECTOR_BYTES;
    }

    /** The features that this configuration fills in, and flush. */
    public long features() {
        long features = BlockFeatures.SEG_MAX
                | BlockFeatures.BLOCK_SIZE
                | BlockFeatures.TOPOLOGY
                | BlockFeatures.FLUSH
                | BlockFeatures.DISCARD
                | BlockFeatures.WRITE_ZEROES;
        if (readOnly) {
            features |= BlockFeatures.READ_ONLY;
            features &= ~(BlockFeatures.DISCARD | BlockFeatures.WRITE_ZEROES);
        }
        return queues > 1 ? features | BlockFeatures.MULTI_QUEUE : features;
    }

    /** The configuration space, {@link #SPACE_BYTES} long, little-endian; fields without a value are zero. */
    public byte[] space() {
        ByteBuffer b = ByteBuffer.allocate(SPACE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(0, capacitySectors());
        b.putInt(12, segmentsMax);
        b.putInt(20, SECTOR_BYTES);
        b.put(24, (byte) Integer.numberOfTrailingZeros(physicalBlockBytes / SECTOR_BYTES));
        b.putShort(26, (short) (physicalBlockBytes / SECTOR_BYTES));
        b.put(WRITEBACK, (byte) 1);
        b.putShort(QUEUES, (short) queues);
        if (!readOnly) {
            b.putInt(36, MAX_DISCARD_SECTORS);
            b.putInt(40, MAX_RANGES);
            b.putInt(44, physicalBlockBytes / SECTOR_BYTES);
            b.putInt(48, MAX_WRITE_ZEROES_SECTORS);
            b.putInt(52, MAX_RANGES);
            b.put(56, (byte) 1);
        }
        return b.array();
    }

    /**
     * Whether a range lies on the disk.
     *
     * @param sector first sector, unsigned
     * @param sectors number of sectors, 0 or more
     */
    public boolean holds(long sector, long sectors) {
        return sector >= 0 && sectors >= 0 && sectors <= capacitySectors() && sector <= capacitySectors() - sectors;
    }
}
