package org.kemari.virtio.ring;

import org.kemari.linux.NativeMemory;

/**
 * The buffers of one request: first what the device may read, then what it may write (virtio 1.2, 2.7.4). Reusable; filled
 * by {@link Virtqueue#pop} or {@link Virtqueue#load}.
 */
public final class DescriptorChain {
    /** A chain that uses an indirect table may be longer than its ring, up to this; hypervisors agree on the number. */
    public static final int MAX_INDIRECT_LENGTH = 1024;

    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;

    private final Segments readable = new Segments();
    private final Segments writable = new Segments();
    private int head;
    private int descriptors;
    private boolean writing;

    /** Index of the first descriptor: what the driver knows the request by. */
    public int head() {
        return head;
    }

    /** What the device may read. */
    public Segments readable() {
        return readable;
    }

    /** What the device may write. */
    public Segments writable() {
        return writable;
    }

    /**
     * Walks a chain.
     *
     * @param table mapping that holds the ring's descriptor table, of {@code size} descriptors, at {@code tableOffset}
     */
    void parse(GuestMemory guest, NativeMemory table, long tableOffset, int size, int first, boolean indirectAllowed)
            throws RingException {
        readable.clear(guest);
        writable.clear(guest);
        head = first;
        descriptors = 0;
        writing = false;
        walk(guest, table, tableOffset, size, first, Math.max(size, MAX_INDIRECT_LENGTH), indirectAllowed, false);
    }

    /** Each descriptor is read once: the guest may change it under us. */
    private void walk(
            GuestMemory guest,
            NativeMemory table,
            long tableOffset,
            int size,
            int first,
            int limit,
            boolean indirectAllowed,
            boolean inside)
            throws RingException {
        int index = first;
        int walked = 0;
        while (true) {
            if (index >= size) {
                throw fault("descriptor index " + index + " is beyond the table of " + size);
            }
            if (++walked > size) {
                throw fault("the chain loops");
            }
            long at = tableOffset + (long) index * RingLayout.DESCRIPTOR_BYTES;
            long address = table.getLong(at);
            long length = table.getInt(at + 8) & 0xffffffffL;
            int flags = table.getShort(at + 12);
            int next = table.getShort(at + 14) & 0xffff;
            if ((flags & INDIRECT) != 0) {
                if (inside) {
                    throw fault("an indirect table inside an indirect table");
                }
                if (!indirectAllowed) {
                    throw fault("an indirect descriptor, which was not negotiated");
                }
                if ((flags & NEXT) != 0) {
                    throw fault("an indirect descriptor with a next one");
                }
                walkIndirect(guest, address, length, limit);
                return;
            }
            if (++descriptors > limit) {
                throw fault("more than " + limit + " descriptors");
            }
            append(guest, address, length, (flags & WRITE) != 0);
            if ((flags & NEXT) == 0) {
                return;
            }
            index = next;
        }
    }

    private void walkIndirect(GuestMemory guest, long address, long length, int limit) throws RingException {
        if (length == 0 || length % RingLayout.DESCRIPTOR_BYTES != 0) {
            throw fault("an indirect table of " + length + " bytes");
        }
        GuestMemory.Region region = guest.regionOf(address, length);
        long offset = region.memoryOffset() + (address - region.guestAddress());
        int entries = (int) (length / RingLayout.DESCRIPTOR_BYTES);
        walk(guest, region.memory(), offset, entries, 0, limit, false, true);
    }

    private void append(GuestMemory guest, long address, long length, boolean write) throws RingException {
        if (length == 0) {
            throw fault("a descriptor of zero length");
        }
        if (writing && !write) {
            throw fault("a readable descriptor after a writable one");
        }
        writing = write;
        guest.resolve(address, length, write ? writable : readable);
    }

    private RingException fault(String reason) {
        return new RingException("chain at descriptor " + head + ": " + reason);
    }
}
