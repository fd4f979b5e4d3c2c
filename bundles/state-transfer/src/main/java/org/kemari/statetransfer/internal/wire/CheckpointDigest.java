package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** CRC-32C over the CRCs of a checkpoint's frames: tells whether both sides mean the same frames in the same order. */
public final class CheckpointDigest {
    private final CRC32C digest = new CRC32C();
    private final ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);

    public void reset() {
        digest.reset();
    }

    public void add(int frameCrc) {
        digest.update(bytes.clear().putInt(frameCrc).flip());
    }

    public int value() {
        return (int) digest.getValue();
    }
}
