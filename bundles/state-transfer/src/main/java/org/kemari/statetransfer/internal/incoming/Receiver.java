package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;
import org.kemari.api.transfer.Farewell;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameType;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * The receiving thread's work: takes frames in, writes those of the live sync to the image, stages those of checkpoints,
 * commits each that is whole and acknowledges it.
 */
final class Receiver {
    private static final int MAX_LOGGED = 1 << 20;

    private final FrameReader reader;
    private final FrameWriter writer;
    private final Image image;
    private final ApplyQueue queue;
    private final ChunkPool pool;
    private final IncomingFigures figures;
    private final FrameStore frames;
    private final LongConsumer firstCommit;
    /** Logged frames are kept apart from what is staged; its memory is taken when the first comes. */
    private ByteBuffer logged = ByteBuffer.allocate(0);

    private Chunk chunk;
    private StagedCheckpoint staged;
    private boolean checkpointsBegan;
    private long lastEpoch;
    /** Size of the device state of the last checkpoint. */
    private int stateBytes = -1;

    private long settleEpoch;
    private long settledEpoch;

    Receiver(
            FrameReader reader,
            FrameWriter writer,
            Image image,
            ApplyQueue queue,
            ChunkPool pool,
            IncomingFigures figures,
            FrameStore frames,
            LongConsumer firstCommit) {
        this.reader = reader;
        this.writer = writer;
        this.image = image;
        this.queue = queue;
        this.pool = pool;
        this.figures = figures;
        this.frames = frames;
        this.firstCommit = firstCommit;
    }

    /**
     * Receives until the end.
     *
     * @throws IOException when the link is gone, the primary breaks the protocol, or the image cannot be written
     */
    void run() throws IOException, InterruptedException {
        try {
            chunk = pool.take();
            while (!queue.isStopped() && receive()) {
                // the next one
            }
        } finally {
            drop();
        }
    }

    /** Returns false after a good-bye of the primary that is the end. */
    private boolean receive() throws IOException, InterruptedException {
        FrameHeader header = reader.readHeader();
        if (header.type() == FrameType.RECEIVED) {
            log(header);
            return true;
        }
        makeRoom(header.length());
        int mark = chunk.used();
        ByteBuffer payload = chunk.append(header.length());
        reader.readPayload(header, payload);
        WireMessage message = MessageCodec.decode(header.type(), payload, image.limits());
        if (message instanceof WireMessage.Farewell farewell) {
            // also in the middle of a checkpoint, which will then never be complete
            queue.add(new ApplyQueue.Item.SayFarewell(farewell.kind(), farewell.detail()));
            // a primary that hands over takes the end of the link for the answer: it comes with the seal
            return farewell.kind() == Farewell.SWITCHOVER;
        }
        if (staged == null) {
            outside(header, message);
            chunk.rewind(mark);
            return true;
        }
        if (message instanceof WireMessage.Error error) {
            throw new IOException("the primary gave up: " + error.reason());
        } else if (message instanceof WireMessage.CheckpointEnd end) {
            chunk.rewind(mark);
            staged.verify(header, end);
            commit();
        } else {
            if (message instanceof WireMessage.Held held) {
                frames.check(held.batch());
            }
            staged.add(header, message);
        }
        return true;
    }

    /** At any time: this has nothing to do with checkpoints until one of them is committed. */
    private void log(FrameHeader header) throws IOException {
        if (header.length() > MAX_LOGGED) {
            throw new WireException(header.length() + " bytes of logged frames at once");
        }
        if (logged.capacity() == 0) {
            logged = ByteBuffer.allocateDirect(MAX_LOGGED);
        }
        reader.readPayload(header, logged.clear().limit(header.length()));
        WireMessage message = MessageCodec.decode(header.type(), logged, image.limits());
        frames.add(((WireMessage.Received) message).batch());
    }

    private void makeRoom(int length) throws IOException {
        if (chunk.room() >= length) {
            return;
        }
        if (staged != null) {
            // waiting for more than there is would be waiting for ever
            if (staged.ownedChunks() + 1 >= pool.maxChunks()) {
                throw new WireException("checkpoint " + staged.epoch()
                        + " is larger than the staging memory of this host, " + pool.limitBytes() + " bytes");
            }
            staged.own(chunk);
        } else {
            pool.give(chunk);
        }
        chunk = null;
        chunk = pool.take();
        if (chunk.room() < length) {
            throw new WireException("a frame of " + length + " bytes is larger than a piece of the staging memory");
        }
    }

    /** A frame outside of checkpoints. */
    private void outside(FrameHeader header, WireMessage message) throws IOException {
        if (message instanceof WireMessage.CheckpointBegin) {
            if (header.epoch() != lastEpoch + 1) {
                throw new WireException("checkpoint " + header.epoch() + " came after checkpoint " + lastEpoch);
            }
            checkpointsBegan = true;
            staged = new StagedCheckpoint(
                    header.epoch(), System.nanoTime(), reader.bytes() - FrameHeader.BYTES, stateBytes);
        } else if (message instanceof WireMessage.Joined joined) {
            queue.add(new ApplyQueue.Item.Join(joined.record()));
        } else if (message instanceof WireMessage.Error error) {
            throw new IOException("the primary gave up: " + error.reason());
        } else if (message instanceof WireMessage.Settle) {
            if (header.epoch() != lastEpoch || header.epoch() <= settleEpoch) {
                throw new WireException("checkpoint " + header.epoch() + " is to be settled after checkpoint "
                        + lastEpoch + " and " + settleEpoch);
            }
            settleEpoch = header.epoch();
            queue.add(new ApplyQueue.Item.Settle(settleEpoch));
        } else if (message instanceof WireMessage.Settled) {
            if (header.epoch() != settleEpoch || header.epoch() <= settledEpoch) {
                throw new WireException(
                        "checkpoint " + header.epoch() + " is settled, " + settleEpoch + " was to be settled");
            }
            settledEpoch = header.epoch();
            queue.add(new ApplyQueue.Item.SettledThere(settledEpoch));
        } else if (checkpointsBegan) {
            throw new WireException("a frame of the kind " + header.type() + " between checkpoints");
        } else if (message instanceof WireMessage.Round round) {
            figures.synced(round.round(), round.last(), reader.bytes(), round.remainingBytes());
            if (round.last()) {
                image.flushDisks();
                writer.write(new WireMessage.Synced(), 0);
            }
        } else if (message instanceof WireMessage.Pages
                || message instanceof WireMessage.Disk
                || message instanceof WireMessage.DiskZero) {
            image.apply(message);
        } else if (message instanceof WireMessage.DiskDigests digests) {
            writer.write(image.compare(digests), 0);
        } else {
            throw new WireException("a frame of the kind " + header.type() + " during the sync");
        }
    }

    private void commit() throws IOException, InterruptedException {
        StagedCheckpoint whole = staged;
        long epoch = whole.epoch();
        long pages = whole.volume().pages();
        int state = whole.deviceStateBytes();
        figures.received(whole, System.nanoTime() - whole.beganNanos(), reader.bytes() - whole.startBytes());
        List<Long> delivered = whole.delivered();
        whole.own(chunk);
        chunk = null;
        if (!queue.commit(whole)) {
            throw new IOException("the session was ended before checkpoint " + epoch + " was committed");
        }
        staged = null;
        lastEpoch = epoch;
        stateBytes = state;
        frames.committed(delivered);
        figures.committed(epoch, pages);
        writer.write(new WireMessage.Committed(), epoch);
        if (epoch == 1) {
            figures.firstCommit(reader.bytes());
            firstCommit.accept(reader.bytes());
        }
        chunk = pool.take();
    }

    private void drop() {
        if (staged != null) {
            staged.release(pool);
            staged = null;
        }
        if (chunk != null) {
            pool.give(chunk);
            chunk = null;
        }
    }
}
