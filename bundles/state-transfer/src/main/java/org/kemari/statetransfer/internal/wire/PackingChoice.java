package org.kemari.statetransfer.internal.wire;

import org.kemari.statetransfer.internal.Compression;

/**
 * Decides whether frames are compressed, by what was measured: how long a byte takes to be written to the link, which is
 * long only where the link is the bottleneck, against how long it takes to be compressed and how much that leaves. While
 * they are not compressed, a part of one is now and then, as a sample, if the link is slow at all. One thread.
 */
final class PackingChoice {
    /** Less is not worth the look. */
    static final int LEAST_BYTES = 1024;
    /** Shorter measurements tell more of the kernel's buffers than of the link. */
    private static final long LINK_BYTES = 4 << 20;

    private static final long SAMPLE_EVERY = 16 << 20;
    private static final int SAMPLE_BYTES = 64 << 10;
    /** A link that takes a byte in less time (2 Gbit/s) is not worth a sample: a busy processor makes any link look slow. */
    private static final double FAST_NANOS = 4;

    private static final double WEIGHT = 0.3;
    /** What begins must gain a little more, and what is under way a little less. */
    private static final double MARGIN = 0.25;

    private final Compression wish;
    private boolean on;
    private double linkNanos = -1;
    private double packNanos = -1;
    private double ratio = 1;
    private long writtenBytes;
    private long writtenNanos;
    private long sinceSample = SAMPLE_EVERY;

    PackingChoice(Compression wish) {
        this.wish = wish;
        this.on = wish == Compression.LZ4;
    }

    /** How much of a payload of so many bytes is to be compressed: all, a part as a sample, or nothing. */
    int next(int bytes) {
        if (wish == Compression.OFF || bytes < LEAST_BYTES) {
            return 0;
        }
        sinceSample += bytes;
        if (on) {
            return bytes;
        }
        boolean sample = linkNanos > FAST_NANOS && sinceSample >= SAMPLE_EVERY;
        return sample ? Math.min(bytes - 1, SAMPLE_BYTES) : 0;
    }

    boolean isOn() {
        return on;
    }

    /** So much was compressed, which took so long. */
    void packed(int bytes, int left, long nanos) {
        sinceSample = 0;
        packNanos = mean(packNanos, (double) nanos / bytes);
        ratio = ratio + WEIGHT * (Math.min(1, (double) left / bytes) - ratio);
        decide();
    }

    /** The link has taken so much, for which it took so long. */
    void written(long bytes, long nanos) {
        writtenBytes += bytes;
        writtenNanos += nanos;
        if (writtenBytes >= LINK_BYTES) {
            linkNanos = mean(linkNanos, (double) writtenNanos / writtenBytes);
            writtenBytes = 0;
            writtenNanos = 0;
            decide();
        }
    }

    private static double mean(double before, double now) {
        return before < 0 ? now : before + WEIGHT * (now - before);
    }

    private void decide() {
        if (wish == Compression.AUTO && packNanos >= 0 && linkNanos >= 0) {
            double gain = linkNanos * (1 - ratio);
            on = linkNanos > FAST_NANOS && gain > packNanos * (on ? 1 - MARGIN : 1 + MARGIN);
        }
    }
}
