package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** What the standby answers to digests, from the reading thread to the one that compares. */
final class DiskAnswers {
    /** What is asked at the same time, at most. */
    static final int WINDOW = 16;

    private final Deque<WireMessage.DiskDiffers> answers = new ArrayDeque<>();
    private boolean ended;

    /** The reading thread has an answer; its buffer is copied. */
    synchronized void add(WireMessage.DiskDiffers answer) throws WireException {
        if (answers.size() >= WINDOW) {
            throw new WireException("more answers about disk " + answer.disk() + " than questions");
        }
        ByteBuffer bits = ByteBuffer.allocate(answer.bits().remaining());
        bits.put(answer.bits().duplicate()).flip();
        answers.add(new WireMessage.DiskDiffers(answer.disk(), answer.firstExtent(), bits));
        notifyAll();
    }

    /** There will be no more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized Optional<WireMessage.DiskDiffers> poll() {
        return Optional.ofNullable(answers.poll());
    }

    synchronized WireMessage.DiskDiffers take() throws IOException {
        try {
            while (answers.isEmpty() && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the disks are compared", e);
        }
        if (answers.isEmpty()) {
            throw new IOException("the session ended while the disks were compared");
        }
        return answers.poll();
    }
}
