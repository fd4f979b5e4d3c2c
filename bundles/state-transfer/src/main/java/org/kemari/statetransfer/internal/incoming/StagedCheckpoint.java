package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameVolume;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * A checkpoint in staging memory: its frames as they came, checked one by one, and whether they are all there. Used by
 * one thread at a time.
 */
final class StagedCheckpoint {
    private final long epoch;
    private final long beganNanos;
    private final List<Chunk> chunks = new ArrayList<>();
    private final List<WireMessage> changes = new ArrayList<>();
    private final List<WireMessage.DeviceState> deviceState = new ArrayList<>();
    private final Set<Integer> flushed = new TreeSet<>();
    private final CheckpointDigest digest = new CheckpointDigest();
    private final int stateBefore;
    private Optional<WireMessage.StateDelta> stateDelta = Optional.empty();
    private final List<FrameBatch> held = new ArrayList<>();
    private List<Long> delivered = List.of();
    private TapSnapshot rings;
    private int frames;
    private final FrameVolume volume = new FrameVolume();
    private final long startBytes;
    private int stateBytes;
    private int stateTotal;

    /**
     * @param startBytes received on the link before it
     * @param stateBefore size of the device state of the checkpoint before; -1: there was none
     */
    StagedCheckpoint(long epoch, long beganNanos, long startBytes, int stateBefore) {
        this.stateBefore = stateBefore;
        this.epoch = epoch;
        this.startBytes = startBytes;
        this.beganNanos = beganNanos;
    }

    long epoch() {
        return epoch;
    }

    long beganNanos() {
        return beganNanos;
    }

    /** What its frames stand for. */
    FrameVolume volume() {
        return volume;
    }

    long startBytes() {
        return startBytes;
    }

    /** From now on this chunk belongs to the checkpoint. */
    void own(Chunk chunk) {
        chunks.add(chunk);
    }

    int ownedChunks() {
        return chunks.size();
    }

    /** Takes a frame whose payload lies in one of the checkpoint's chunks. */
    void add(FrameHeader header, WireMessage message) throws WireException {
        if (header.epoch() != epoch) {
            throw new WireException("a frame of checkpoint " + header.epoch() + " in checkpoint " + epoch);
        }
        if (message instanceof WireMessage.Pages
                || message instanceof WireMessage.Disk
                || message instanceof WireMessage.DiskZero
                || message instanceof WireMessage.PageDeltas) {
            changes.add(message);
        } else if (message instanceof WireMessage.DiskFlush flush) {
            flushed.add(flush.disk());
        } else if (message instanceof WireMessage.DeviceState part) {
            addDeviceState(part);
        } else if (message instanceof WireMessage.StateDelta delta) {
            setDeviceState(delta);
        } else if (message instanceof WireMessage.Delivered numbers) {
            delivered = numbers.numbers();
        } else if (message instanceof WireMessage.Held packets) {
            held.add(packets.batch());
        } else if (message instanceof WireMessage.Rings part) {
            if (rings != null) {
                throw new WireException("checkpoint " + epoch + " has more than one set of rings");
            }
            rings = part.snapshot();
        } else {
            throw new WireException("a frame of the kind " + header.type() + " within a checkpoint");
        }
        frames++;
        volume.add(message);
        digest.add(header.crc());
    }

    private void addDeviceState(WireMessage.DeviceState part) throws WireException {
        if (stateDelta.isPresent()
                || part.offset() != stateBytes
                || (!deviceState.isEmpty() && part.total() != stateTotal)) {
            throw new WireException("the pieces of the device state of checkpoint " + epoch + " do not fit together");
        }
        stateTotal = part.total();
        stateBytes += part.data().remaining();
        deviceState.add(part);
    }

    private void setDeviceState(WireMessage.StateDelta delta) throws WireException {
        if (delta.base() != stateBefore || !deviceState.isEmpty() || stateDelta.isPresent()) {
            throw new WireException("the device state of checkpoint " + epoch
                    + " is relative to another one than that of the checkpoint before");
        }
        stateTotal = delta.total();
        stateBytes = delta.total();
        stateDelta = Optional.of(delta);
    }

    /** Whether this is all of the checkpoint, and nothing else. */
    void verify(FrameHeader header, WireMessage.CheckpointEnd end) throws WireException {
        if (header.epoch() != epoch) {
            throw new WireException("checkpoint " + epoch + " ends as checkpoint " + header.epoch());
        }
        if (end.frames() != frames || end.pages() != volume.pages() || end.digest() != digest.value()) {
            throw new WireException("checkpoint " + epoch + " is not what was announced: " + frames + " frames and "
                    + volume.pages() + " pages instead of " + end.frames() + " and " + end.pages());
        }
        if (rings == null) {
            throw new WireException("checkpoint " + epoch + " has no rings");
        }
        if ((deviceState.isEmpty() && stateDelta.isEmpty()) || stateBytes != stateTotal) {
            throw new WireException(
                    "checkpoint " + epoch + " has " + stateBytes + " of " + stateTotal + " bytes of device state");
        }
    }

    /** Size of the device state. */
    int deviceStateBytes() {
        return stateBytes;
    }

    /**
     * Writes the device state.
     *
     * @param before that of the checkpoint before
     * @throws IOException if what comes out is not what the primary has
     */
    void copyDeviceState(ByteBuffer before, ByteBuffer target) throws IOException {
        if (stateDelta.isPresent()) {
            StateDeltas.apply(stateDelta.get(), before, target);
        }
        for (WireMessage.DeviceState part : deviceState) {
            target.put(part.data().duplicate());
        }
    }

    TapSnapshot rings() {
        return rings;
    }

    /** Numbers of the disks which the guest has been told are durable. */
    Set<Integer> flushed() {
        return flushed;
    }

    /** For each NIC, the last frame that the guest has received; empty if the primary does not say so. */
    List<Long> delivered() {
        return delivered;
    }

    /** Packets that this checkpoint releases, in its chunks. */
    List<FrameBatch> held() {
        return held;
    }

    void applyTo(Image image) throws IOException {
        for (WireMessage change : changes) {
            image.apply(change);
        }
    }

    /** Gives its memory back. Nothing of it may be used afterwards. */
    void release(ChunkPool pool) {
        changes.clear();
        deviceState.clear();
        stateDelta = Optional.empty();
        held.clear();
        chunks.forEach(pool::give);
        chunks.clear();
    }
}
