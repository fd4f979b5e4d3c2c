package org.kemari.virtio.block;

/** What a guest is told about a request (virtio 1.2, 5.2.6). */
public enum BlockStatus {
    OK(0),
    IO_ERROR(1),
    UNSUPPORTED(2);

    private final byte code;

    BlockStatus(int code) {
        this.code = (byte) code;
    }

    /** The value of the status byte. */
    public byte code() {
        return code;
    }
}
