package org.kemari.virtio.net;

import org.kemari.virtio.ring.RingFeatures;

/** The header in front of each frame (virtio 1.2, 5.1.6). */
public final class NetHeader {
    /** With the number of buffers. */
    public static final int BYTES = 12;
    /** Of a legacy device without mergeable buffers: without the number of buffers. */
    public static final int SHORT_BYTES = 10;
    /** Where the number of buffers is: two bytes, little-endian, at least 1 in received frames. */
    public static final int BUFFERS_OFFSET = 10;

    public static final int RECEIVE_QUEUE = 0;
    public static final int TRANSMIT_QUEUE = 1;
    /** Largest frame with its header, if segmentation is offloaded. */
    public static final int MAX_FRAME_BYTES = 65550 + BYTES;

    private NetHeader() {}

    /** Length of the header with these negotiated features. */
    public static int bytes(long features) {
        boolean full = RingFeatures.has(features, RingFeatures.VERSION_1)
                || RingFeatures.has(features, NetFeatures.MERGEABLE_BUFFERS);
        return full ? BYTES : SHORT_BYTES;
    }
}
