package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.StandbySlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applying thread's work: brings committed checkpoints into the image, one after another and each to its end, and
 * passes on in the same order what else the primary has said.
 */
final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private final long session;
    private final Image image;
    private final StandbySlot slot;
    private final ApplyQueue queue;
    private final ChunkPool pool;
    private final IncomingFigures figures;
    private final Settling settling;
    private final FrameStore frames;
    /** The device state of the last checkpoint applied, and that of the one before. Left to the garbage collector. */
    private final ByteBuffer[] states = {ByteBuffer.allocateDirect(0), ByteBuffer.allocateDirect(0)};

    private Optional<CommittedCheckpoint> last = Optional.empty();

    Applier(
            long session,
            Image image,
            StandbySlot slot,
            ApplyQueue queue,
            ChunkPool pool,
            IncomingFigures figures,
            Settling settling,
            FrameStore frames) {
        this.session = session;
        this.image = image;
        this.slot = slot;
        this.queue = queue;
        this.pool = pool;
        this.figures = figures;
        this.settling = settling;
        this.frames = frames;
    }

    /**
     * Works until there is nothing more to come.
     *
     * @return why the session ends, if the primary has said so
     * @throws IOException if a committed checkpoint could not be applied: the image counts no more
     */
    Optional<String> run() throws IOException, InterruptedException {
        Optional<String> farewell = Optional.empty();
        for (Optional<ApplyQueue.Item> next = queue.next(); next.isPresent(); next = queue.next()) {
            ApplyQueue.Item item = next.get();
            if (item instanceof ApplyQueue.Item.Apply apply) {
                try {
                    apply(apply.checkpoint());
                } finally {
                    apply.checkpoint().release(pool);
                }
            } else if (item instanceof ApplyQueue.Item.Join join) {
                slot.joined(join.record());
            } else if (item instanceof ApplyQueue.Item.SayFarewell say) {
                slot.farewell(say.farewell(), say.detail());
                farewell = Optional.of("the primary said good-bye (" + say.farewell() + "): " + say.detail());
            } else if (item instanceof ApplyQueue.Item.Settle settle) {
                settling.begin(settle.epoch());
            } else if (item instanceof ApplyQueue.Item.SettledHere settled) {
                settling.settledHere(settled.epoch());
            } else if (item instanceof ApplyQueue.Item.SettledThere settled) {
                settling.settledThere(settled.epoch());
            }
        }
        return farewell;
    }

    /** The last checkpoint that is in the image to its end. Read when {@link #run} has returned. */
    Optional<CommittedCheckpoint> last() {
        return last;
    }

    private void apply(StagedCheckpoint checkpoint) throws IOException {
        long begin = System.nanoTime();
        if (last.isEmpty()) {
            // most of the initial copy was made durable at the end of the live sync: little is left
            image.beginSession(session);
        }
        ByteBuffer state = copyState(checkpoint);
        checkpoint.applyTo(image);
        frames.applied(checkpoint.held());
        CommittedCheckpoint committed = new CommittedCheckpoint(
                session,
                checkpoint.epoch(),
                checkpoint.rings(),
                image.ids(checkpoint.flushed()),
                state.asReadOnlyBuffer());
        slot.applied(committed);
        last = Optional.of(committed);
        figures.applied(checkpoint.epoch(), System.nanoTime() - begin);
        LOG.debug("Checkpoint {} of session {} applied", checkpoint.epoch(), session);
    }

    private ByteBuffer copyState(StagedCheckpoint checkpoint) throws IOException {
        int slotOfTwo = (int) (checkpoint.epoch() & 1);
        int bytes = checkpoint.deviceStateBytes();
        if (states[slotOfTwo].capacity() < bytes) {
            states[slotOfTwo] = ByteBuffer.allocateDirect(bytes + bytes / 4);
        }
        ByteBuffer state = states[slotOfTwo].clear();
        // relative to the checkpoint before, which is the one that was applied before
        checkpoint.copyDeviceState(states[1 - slotOfTwo].duplicate(), state);
        return state.flip();
    }
}
