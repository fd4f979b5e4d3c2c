package org.kemari.statetransfer.internal.outgoing;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.statetransfer.internal.Reasons;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The session's reading thread: hears what the standby says, and checks that it can be true. */
final class CommitReader {
    private static final Logger LOG = LoggerFactory.getLogger(CommitReader.class);
    private static final int MAX_ANSWER = 16 << 10;

    private final FrameReader reader;
    private final Limits limits;
    private final DiskAnswers answers;
    private final Settlement settlement;
    private final OutgoingListener listener;
    private final OutgoingFigures figures;
    private final ByteBuffer payload = ByteBuffer.allocate(MAX_ANSWER);
    private final CountDownLatch synced = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long sentEpoch;
    private volatile String endReason;
    private volatile String abandoned = "";
    private long committedEpoch;

    /**
     * @param limits what the standby may speak of
     * @param answers where it says which extents differ
     * @param settlement where it says up to where its disks are settled
     */
    CommitReader(
            FrameReader reader,
            Limits limits,
            OutgoingListener listener,
            OutgoingFigures figures,
            DiskAnswers answers,
            Settlement settlement) {
        this.reader = reader;
        this.limits = limits;
        this.answers = answers;
        this.settlement = settlement;
        this.listener = listener;
        this.figures = figures;
    }

    /** From now on this epoch may be acknowledged. */
    void expect(long epoch) {
        sentEpoch = epoch;
    }

    /** The link is going to be closed by this host, for this reason. */
    void abandon(String reason) {
        abandoned = reason;
    }

    /** Reads until the link ends. Returns why, for people; the caller tells the listener. */
    String run() {
        String reason = readToTheEnd();
        endReason = reason;
        ended.countDown();
        answers.end();
        synced.countDown();
        return reason;
    }

    private String readToTheEnd() {
        try {
            while (true) {
                handle();
            }
        } catch (WireException e) {
            return "the standby broke the protocol: " + e.getMessage();
        } catch (EOFException e) {
            return "the standby ended the link";
        } catch (IOException e) {
            return abandoned.isEmpty() ? Reasons.of(e) : abandoned;
        } catch (GivenUp e) {
            return e.getMessage();
        } catch (RuntimeException | Error e) {
            // whoever waits for the standby's answers must hear of it: outputs are held until they come
            LOG.error("The standby's answers cannot be read", e);
            return "an error on this host: " + e;
        }
    }

    /** Why the session ended; empty if it has not. */
    Optional<String> endReason() {
        return Optional.ofNullable(endReason);
    }

    private void handle() throws IOException, GivenUp {
        FrameHeader header = reader.readHeader();
        if (header.length() > MAX_ANSWER) {
            throw new WireException("an answer of " + header.length() + " bytes");
        }
        reader.readPayload(header, payload.clear().limit(header.length()));
        WireMessage message = MessageCodec.decode(header.type(), payload, limits);
        if (message instanceof WireMessage.Committed) {
            committed(header.epoch());
        } else if (message instanceof WireMessage.Synced) {
            synced.countDown();
        } else if (message instanceof WireMessage.DiskDiffers differs) {
            answers.add(differs);
        } else if (message instanceof WireMessage.Settled) {
            if (header.epoch() > committedEpoch) {
                throw new WireException("checkpoint " + header.epoch() + " is settled before it is committed");
            }
            settlement.settledByStandby(header.epoch());
        } else if (message instanceof WireMessage.Error error) {
            throw new GivenUp("the standby gave up: " + error.reason());
        } else {
            throw new WireException("an answer of the kind " + header.type());
        }
    }

    private void committed(long epoch) throws WireException {
        if (epoch != committedEpoch + 1 || epoch > sentEpoch) {
            throw new WireException("checkpoint " + epoch + " acknowledged after " + committedEpoch
                    + ", the last one sent is " + sentEpoch);
        }
        committedEpoch = epoch;
        figures.committed(epoch, System.nanoTime());
        listener.committed(epoch);
    }

    /** Waits for the answer to the last round of the live sync. */
    void awaitSynced() throws IOException {
        try {
            synced.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the standby finishes the sync", e);
        }
        if (ended.getCount() == 0) {
            throw new IOException("the session ended before the sync was complete: " + endReason);
        }
    }

    /** Waits for the standby to end the link. */
    void awaitEnd(long millis) {
        try {
            ended.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class GivenUp extends Exception {
        private static final long serialVersionUID = 1L;

        GivenUp(String message) {
            super(message);
        }
    }
}
