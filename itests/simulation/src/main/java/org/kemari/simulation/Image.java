package org.kemari.simulation;

/** The RAM file of a waiting hypervisor: the beginning of a guest. */
public final class Image {
    private final byte[] memory;

    /** @param begin what it holds at first */
    public Image(byte[] begin) {
        memory = begin.clone();
    }

    public void put(int page, byte[] data) {
        System.arraycopy(data, 0, memory, page * Guest.PAGE_BYTES, Guest.PAGE_BYTES);
    }

    public byte[] memory() {
        return memory.clone();
    }

    public int requestAt(int slot) {
        return Guest.requestAt(memory, slot);
    }

    byte[] raw() {
        return memory;
    }
}
