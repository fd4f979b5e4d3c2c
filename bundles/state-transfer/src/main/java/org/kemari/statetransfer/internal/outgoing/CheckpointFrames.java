package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.FrameVolume;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * Sends the frames of one checkpoint after another, and says at the end of each what there was. Small frames may stay
 * in the writer until then. One thread.
 */
final class CheckpointFrames implements PageFrames.Sink {
    private static final int STATE_PIECE = 2 << 20;

    private final FrameWriter writer;
    private final long limitBytes;
    private final CheckpointDigest digest = new CheckpointDigest();
    private long epoch;
    private long startBytes;
    private long startWhole;
    private int frames;
    private final Optional<SentState> sentState;
    private final FrameVolume volume = new FrameVolume();

    /**
     * @param limitBytes the largest checkpoint that the standby takes
     * @param deltas whether the standby understands what has changed of the device state
     */
    CheckpointFrames(FrameWriter writer, long limitBytes, boolean deltas) {
        this.sentState = deltas ? Optional.of(new SentState()) : Optional.empty();
        this.writer = writer;
        this.limitBytes = limitBytes;
    }

    void begin(long number) throws IOException {
        epoch = number;
        startBytes = writer.bytes();
        startWhole = writer.wholeBytes();
        frames = 0;
        volume.reset();
        digest.reset();
        writer.gather(new WireMessage.CheckpointBegin(), epoch);
    }

    @Override
    public void write(WireMessage message) throws IOException {
        if (writer.wholeBytes() - startWhole > limitBytes) {
            throw new IOException("checkpoint " + epoch + " is larger than the " + limitBytes
                    + " bytes of staging memory on the standby");
        }
        volume.add(message);
        digest.add(writer.gather(message, epoch));
        frames++;
    }

    void writeDeviceState(ByteBuffer state) throws IOException {
        Optional<WireMessage.StateDelta> delta =
                sentState.isPresent() ? sentState.get().next(state) : Optional.empty();
        if (delta.isPresent()) {
            write(delta.get());
            return;
        }
        int begin = state.position();
        int total = state.remaining();
        int offset = 0;
        do {
            int length = Math.min(STATE_PIECE, total - offset);
            write(new WireMessage.DeviceState(offset, total, state.slice(begin + offset, length)));
            offset += length;
        } while (offset < total);
    }

    void end() throws IOException {
        writer.write(new WireMessage.CheckpointEnd(frames, volume.pages(), digest.value()), epoch);
    }

    /** What the frames of this checkpoint stand for. */
    FrameVolume volume() {
        return volume;
    }

    /** Bytes sent for this checkpoint. */
    long bytes() {
        return writer.bytes() - startBytes;
    }
}
