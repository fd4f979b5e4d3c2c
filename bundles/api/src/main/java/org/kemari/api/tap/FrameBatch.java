package org.kemari.api.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Frames of one NIC, one after another.
 *
 * @param nic number of the NIC among the domain's, in the order of the definition, from 0
 * @param first number of the first frame, from 1; those of the others follow without a gap. Frames that a guest sent have
 *     none: 0
 * @param data for each frame its length in bytes (32 bits, little-endian) and then the frame: a virtio-net header of 12
 *     bytes, the Ethernet frame. From position to limit; may be a view of what is used again
 */
public record FrameBatch(int nic, long first, ByteBuffer data) {
    /** Size of the virtio-net header before each frame. */
    public static final int HEADER_BYTES = 12;
    /** The largest frame with its header: 64 KiB of payload behind the longest headers. */
    public static final int MAX_FRAME_BYTES = 65550 + HEADER_BYTES;

    public FrameBatch {
        Objects.requireNonNull(data);
    }

    /**
     * Counts the frames in {@code data}, without trust in it.
     *
     * @return their number; -1 if it is not a sequence of frames of possible lengths
     */
    public static int count(ByteBuffer data) {
        ByteBuffer left = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        while (left.hasRemaining()) {
            if (left.remaining() < Integer.BYTES) {
                return -1;
            }
            int length = left.getInt();
            if (length <= HEADER_BYTES || length > MAX_FRAME_BYTES || length > left.remaining()) {
                return -1;
            }
            left.position(left.position() + length);
            count++;
        }
        return count;
    }

    /**
     * Each frame, header and all, as a view of {@code data}.
     *
     * @throws IllegalArgumentException if the data is not what {@link #count} counts
     */
    public List<ByteBuffer> frames() {
        int count = count(data);
        if (count < 0) {
            throw new IllegalArgumentException("not a sequence of frames");
        }
        List<ByteBuffer> frames = new ArrayList<>(count);
        ByteBuffer left = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (left.hasRemaining()) {
            int length = left.getInt();
            frames.add(left.slice(left.position(), length));
            left.position(left.position() + length);
        }
        return frames;
    }
}
