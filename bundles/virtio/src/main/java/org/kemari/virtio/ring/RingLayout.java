package org.kemari.virtio.ring;

/**
 * Where a split ring lies in guest memory.
 *
 * @param size number of descriptors, a power of two from 1 to {@link #MAX_SIZE}
 * @param descriptorTable guest-physical address of the descriptor table
 * @param availRing guest-physical address of the driver area
 * @param usedRing guest-physical address of the device area
 */
public record RingLayout(int size, long descriptorTable, long availRing, long usedRing) {
    /** Largest ring (virtio 1.2, 2.7). */
    public static final int MAX_SIZE = 32768;
    /** Size of a descriptor. */
    static final int DESCRIPTOR_BYTES = 16;
    /** Flags and index in front of the driver's and of the device's ring. */
    static final int RING_HEADER_BYTES = 4;

    static final int AVAIL_ENTRY_BYTES = 2;
    static final int USED_ENTRY_BYTES = 8;

    /**
     * Checks size and alignment (virtio 1.2, 2.7: 16 for the table, 2 for the driver's ring, 4 for the device's).
     *
     * @throws RingException if they are wrong
     */
    public void check() throws RingException {
        if (size < 1 || size > MAX_SIZE || Integer.bitCount(size) != 1) {
            throw new RingException(
                    "ring size " + Integer.toUnsignedString(size) + " is not a power of two up to " + MAX_SIZE);
        }
        aligned("descriptor table", descriptorTable, 16);
        aligned("available ring", availRing, 2);
        aligned("used ring", usedRing, 4);
    }

    private static void aligned(String what, long address, int alignment) throws RingException {
        if ((address & (alignment - 1)) != 0) {
            throw new RingException("%s at 0x%x is not aligned to %d".formatted(what, address, alignment));
        }
    }

    long descriptorBytes() {
        return (long) size * DESCRIPTOR_BYTES;
    }

    long availBytes(boolean eventIndex) {
        return RING_HEADER_BYTES + (long) size * AVAIL_ENTRY_BYTES + (eventIndex ? 2 : 0);
    }

    long usedBytes(boolean eventIndex) {
        return RING_HEADER_BYTES + (long) size * USED_ENTRY_BYTES + (eventIndex ? 2 : 0);
    }
}
