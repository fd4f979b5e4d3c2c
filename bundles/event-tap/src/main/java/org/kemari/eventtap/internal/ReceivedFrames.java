package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.FrameLog;

/**
 * Copies of the frames that a NIC has received, until they are taken for the standby. Bounded twice: by its memory, and by
 * what one epoch may have of it, so that a stream to the guest costs the link to the standby little. Two pieces of memory
 * take turns: one is filled while the other is being sent. Any thread; one takes.
 */
final class ReceivedFrames {
    /** Room for what has not been taken, and all that an epoch may have. */
    static final int BYTES = 256 << 10;

    /** What a frame is copied from. */
    interface Source {
        /** Fills what remains in {@code target}. */
        void copyTo(ByteBuffer target);
    }

    private Runnable bell = () -> {};
    private boolean on;
    private ByteBuffer filling = ByteBuffer.allocate(0);
    private ByteBuffer other = ByteBuffer.allocate(0);
    private long first;
    private long next;
    private int spent;
    private long logged;
    private long notLogged;
    private volatile boolean there;

    /** @param whenThere called when there is something again; returns at once */
    synchronized void setBell(Runnable whenThere) {
        bell = whenThere;
    }

    /** What has been logged and not taken is forgotten when it is turned off. */
    synchronized void turn(boolean wanted) {
        if (wanted && filling.capacity() == 0) {
            filling = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
            other = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
        if (!wanted) {
            filling.clear();
            there = false;
        }
        on = wanted;
    }

    synchronized void newEpoch() {
        spent = 0;
    }

    /**
     * Logs a frame if there is room.
     *
     * @param number one more than that of the frame before, logged or not
     * @param length with its header
     */
    void add(long number, int length, Source source) {
        Runnable ring;
        synchronized (this) {
            if (!on || length <= FrameBatch.HEADER_BYTES) {
                return;
            }
            int needed = Integer.BYTES + length;
            boolean empty = filling.position() == 0;
            // a batch has no gaps: after a frame for which there was no room, the next one waits for the next batch
            if (needed > filling.remaining() || spent + needed > BYTES || (!empty && number != next)) {
                notLogged++;
                return;
            }
            if (empty) {
                first = number;
            }
            filling.putInt(length);
            int end = filling.position() + length;
            source.copyTo(filling.limit(end));
            filling.clear().position(end);
            next = number + 1;
            spent += needed;
            logged++;
            if (!empty) {
                return;
            }
            there = true;
            ring = bell;
        }
        ring.run();
    }

    boolean areThere() {
        return there;
    }

    /** Gives away what is there. */
    void take(int nic, FrameLog.Sink sink) throws IOException {
        ByteBuffer full;
        long number;
        synchronized (this) {
            if (filling.position() == 0) {
                return;
            }
            full = filling;
            number = first;
            filling = other.clear();
            other = full;
            there = false;
        }
        sink.frames(new FrameBatch(nic, number, full.flip()));
    }

    synchronized long logged() {
        return logged;
    }

    synchronized long notLogged() {
        return notLogged;
    }
}
