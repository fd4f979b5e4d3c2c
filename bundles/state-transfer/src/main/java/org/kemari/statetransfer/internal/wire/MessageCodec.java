package org.kemari.statetransfer.internal.wire;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;

/** Payloads to and from messages. Decoding checks everything and answers with a message or a {@link WireException}. */
public final class MessageCodec {
    /** The largest device state that is taken; far above any that was seen. */
    public static final int MAX_DEVICE_STATE = 64 << 20;

    private MessageCodec() {}

    public static FrameType typeOf(WireMessage message) {
        if (message instanceof WireMessage.Hello) {
            return FrameType.HELLO;
        } else if (message instanceof WireMessage.Accept) {
            return FrameType.ACCEPT;
        } else if (message instanceof WireMessage.Refuse) {
            return FrameType.REFUSE;
        } else if (message instanceof WireMessage.Lacking) {
            return FrameType.LACKING;
        } else if (message instanceof WireMessage.FirmwareVariables) {
            return FrameType.FIRMWARE_VARIABLES;
        } else if (message instanceof WireMessage.Pages) {
            return FrameType.PAGES;
        } else if (message instanceof WireMessage.PageDeltas) {
            return FrameType.PAGE_DELTAS;
        } else if (message instanceof WireMessage.StateDelta) {
            return FrameType.STATE_DELTA;
        } else if (message instanceof WireMessage.Disk) {
            return FrameType.DISK;
        } else if (message instanceof WireMessage.DiskZero) {
            return FrameType.DISK_ZERO;
        } else if (message instanceof WireMessage.DiskFlush) {
            return FrameType.DISK_FLUSH;
        } else if (message instanceof WireMessage.Round) {
            return FrameType.ROUND;
        } else if (message instanceof WireMessage.Synced) {
            return FrameType.SYNCED;
        } else if (message instanceof WireMessage.CheckpointBegin) {
            return FrameType.CHECKPOINT_BEGIN;
        } else if (message instanceof WireMessage.DeviceState) {
            return FrameType.DEVICE_STATE;
        } else if (message instanceof WireMessage.Rings) {
            return FrameType.RINGS;
        } else if (message instanceof WireMessage.CheckpointEnd) {
            return FrameType.CHECKPOINT_END;
        } else if (message instanceof WireMessage.Committed) {
            return FrameType.COMMITTED;
        } else if (message instanceof WireMessage.Joined) {
            return FrameType.JOINED;
        } else if (message instanceof WireMessage.Farewell) {
            return FrameType.FAREWELL;
        } else if (message instanceof WireMessage.DiskChanges) {
            return FrameType.DISK_CHANGES;
        } else if (message instanceof WireMessage.DiskDigests) {
            return FrameType.DISK_DIGESTS;
        } else if (message instanceof WireMessage.DiskDiffers) {
            return FrameType.DISK_DIFFERS;
        } else if (message instanceof WireMessage.Settle) {
            return FrameType.SETTLE;
        } else if (message instanceof WireMessage.Settled) {
            return FrameType.SETTLED;
        } else if (message instanceof WireMessage.Received) {
            return FrameType.RECEIVED;
        } else if (message instanceof WireMessage.Delivered) {
            return FrameType.DELIVERED;
        } else if (message instanceof WireMessage.Held) {
            return FrameType.HELD;
        } else {
            return FrameType.ERROR;
        }
    }

    /**
     * Writes what comes before the data of a message (PAGES, DISK, DEVICE_STATE, deltas, frames and FIRMWARE_VARIABLES have
     * data), or the whole of it.
     *
     * @param out little-endian or not: it is set to little-endian
     * @return the data that follows, possibly empty
     */
    static ByteBuffer encode(WireMessage message, ByteBuffer out) throws IOException {
        PayloadWriter writer = new PayloadWriter(out);
        try {
            return write(message, writer, out);
        } catch (BufferOverflowException e) {
            throw new IOException("a message of the kind " + typeOf(message) + " is too large to be sent", e);
        }
    }

    private static final ByteBuffer NO_DATA = ByteBuffer.allocateDirect(0);

    private static ByteBuffer write(WireMessage message, PayloadWriter writer, ByteBuffer out) {
        if (message instanceof WireMessage.Pages pages) {
            writer.i32(PageRuns.count(pages.runs()));
            out.put(pages.runs().duplicate());
            return pages.data();
        } else if (message instanceof WireMessage.PageDeltas deltas) {
            return DeltaCodec.write(writer, out, deltas);
        } else if (message instanceof WireMessage.StateDelta delta) {
            return DeltaCodec.write(writer, delta);
        } else if (message instanceof WireMessage.Disk disk) {
            writer.i32(disk.disk()).i64(disk.offset());
            return disk.data();
        } else if (message instanceof WireMessage.FirmwareVariables variables) {
            return variables.data();
        } else if (message instanceof WireMessage.DiskZero zero) {
            writer.i32(zero.disk()).i64(zero.offset()).i64(zero.length());
        } else if (message instanceof WireMessage.DiskFlush flush) {
            writer.i32(flush.disk());
        } else if (message instanceof WireMessage.DeviceState state) {
            writer.i32(state.offset()).i32(state.total());
            return state.data();
        } else if (message instanceof WireMessage.DiskChanges changes) {
            return DiskCodec.write(writer, changes);
        } else if (message instanceof WireMessage.DiskDigests digests) {
            return DiskCodec.write(writer, digests);
        } else if (message instanceof WireMessage.DiskDiffers differs) {
            return DiskCodec.write(writer, differs);
        } else if (message instanceof WireMessage.Received received) {
            return NetCodec.write(writer, received);
        } else if (message instanceof WireMessage.Held held) {
            return NetCodec.write(writer, held);
        } else if (message instanceof WireMessage.Delivered delivered) {
            NetCodec.write(writer, delivered);
        } else if (message instanceof WireMessage.Rings rings) {
            RingsCodec.write(writer, rings.snapshot());
        } else if (message instanceof WireMessage.CheckpointEnd end) {
            writer.i32(end.frames()).i64(end.pages()).i32(end.digest());
        } else if (message instanceof WireMessage.Lacking lacking) {
            writer.bool(lacking.last()).i32(PageRuns.count(lacking.runs()));
            out.put(lacking.runs().duplicate());
        } else if (message instanceof WireMessage.Round round) {
            writer.i32(round.round()).bool(round.last()).i64(round.remainingBytes());
        } else {
            writeControl(message, writer);
        }
        return NO_DATA;
    }

    private static void writeControl(WireMessage message, PayloadWriter writer) {
        if (message instanceof WireMessage.Hello hello) {
            writer.i64(hello.generation()).i64(hello.capabilities());
            IdentityCodec.write(writer, hello.identity());
            write(writer, hello.resumedFrom());
            DiskCodec.writeBases(writer, hello.logs());
        } else if (message instanceof WireMessage.Accept accept) {
            writer.i64(accept.capabilities()).i64(accept.stagingBytes());
            write(writer, accept.retained());
            DiskCodec.writePlans(writer, accept.plans());
        } else if (message instanceof WireMessage.Refuse refuse) {
            writer.text(refuse.reason());
        } else if (message instanceof WireMessage.Joined joined) {
            OwnershipRecord record = joined.record();
            writer.text(record.domain())
                    .i64(record.generation())
                    .text(record.owner())
                    .text(record.standby().orElse(""))
                    .i64(record.session());
        } else if (message instanceof WireMessage.Farewell farewell) {
            writer.u8(farewell.kind().ordinal()).text(farewell.detail());
        } else if (message instanceof WireMessage.Error error) {
            writer.text(error.reason());
        }
        // SYNCED, CHECKPOINT_BEGIN, COMMITTED, SETTLE and SETTLED have nothing to say beyond the header
    }

    /**
     * Understands a payload.
     *
     * @param payload from position to limit; buffers in the message are views of it
     * @param limits what addresses must stay within
     */
    public static WireMessage decode(FrameType type, ByteBuffer payload, Limits limits) throws WireException {
        PayloadReader in = new PayloadReader(payload);
        WireMessage message =
                switch (type) {
                    case PAGES -> pages(in, limits);
                    case PAGE_DELTAS -> DeltaCodec.pages(in, limits);
                    case STATE_DELTA -> DeltaCodec.state(in);
                    case DISK -> {
                        int disk = in.nonNegativeInt("a disk's number");
                        long offset = in.i64();
                        ByteBuffer data = in.rest();
                        limits.checkDisk(disk, offset, data.remaining());
                        yield new WireMessage.Disk(disk, offset, data);
                    }
                    case DISK_ZERO -> {
                        int disk = in.nonNegativeInt("a disk's number");
                        long offset = in.i64();
                        long length = in.i64();
                        limits.checkDisk(disk, offset, length);
                        yield new WireMessage.DiskZero(disk, offset, length);
                    }
                    case DISK_FLUSH -> {
                        int disk = in.nonNegativeInt("a disk's number");
                        limits.checkDisk(disk);
                        yield new WireMessage.DiskFlush(disk);
                    }
                    case DEVICE_STATE -> deviceState(in);
                    case RINGS -> new WireMessage.Rings(RingsCodec.read(in, limits));
                    case CHECKPOINT_BEGIN -> new WireMessage.CheckpointBegin();
                    case CHECKPOINT_END -> new WireMessage.CheckpointEnd(
                            in.nonNegativeInt("a number of frames"), in.nonNegativeLong("a number of pages"), in.i32());
                    case ROUND -> new WireMessage.Round(
                            in.nonNegativeInt("a round"), in.bool(), in.nonNegativeLong("what remains"));
                    case SYNCED -> new WireMessage.Synced();
                    case COMMITTED -> new WireMessage.Committed();
                    case HELLO -> {
                        long generation = in.i64();
                        long capabilities = in.i64();
                        DomainIdentity identity = IdentityCodec.read(in);
                        Optional<ImageId> resumedFrom = imageId(in);
                        List<DiskBase> logs =
                                DiskCodec.bases(in, identity.disks().size());
                        yield new WireMessage.Hello(identity, generation, capabilities, resumedFrom, logs);
                    }
                    case ACCEPT -> new WireMessage.Accept(
                            in.i64(), in.nonNegativeLong("the bound of the staging"), imageId(in), DiskCodec.plans(in));
                    case LACKING -> lacking(in, limits);
                    case FIRMWARE_VARIABLES -> new WireMessage.FirmwareVariables(in.rest());
                    case REFUSE -> new WireMessage.Refuse(in.text());
                    case JOINED -> joined(in);
                    case FAREWELL -> farewell(in);
                    case DISK_CHANGES -> DiskCodec.changes(in, limits);
                    case DISK_DIGESTS -> DiskCodec.digests(in, limits);
                    case DISK_DIFFERS -> DiskCodec.differs(in, limits);
                    case SETTLE -> new WireMessage.Settle();
                    case SETTLED -> new WireMessage.Settled();
                    case RECEIVED -> NetCodec.received(in);
                    case DELIVERED -> NetCodec.delivered(in);
                    case HELD -> NetCodec.held(in);
                    case ERROR -> new WireMessage.Error(in.text());
                };
        in.end();
        return message;
    }

    private static WireMessage pages(PayloadReader in, Limits limits) throws WireException {
        ByteBuffer runs = in.bytes(in.count(PageRuns.BYTES) * PageRuns.BYTES);
        long pages = PageRuns.check(runs, limits.memoryPages());
        ByteBuffer data = in.rest();
        if (pages << PageRuns.PAGE_SHIFT != data.remaining()) {
            throw new WireException(
                    "a frame announces " + pages + " pages and has " + data.remaining() + " bytes of them");
        }
        return new WireMessage.Pages(runs, data);
    }

    private static WireMessage lacking(PayloadReader in, Limits limits) throws WireException {
        boolean last = in.bool();
        ByteBuffer runs = in.bytes(in.count(PageRuns.BYTES) * PageRuns.BYTES);
        PageRuns.check(runs, limits.memoryPages());
        return new WireMessage.Lacking(last, runs);
    }

    private static void write(PayloadWriter writer, Optional<ImageId> id) {
        writer.bool(id.isPresent());
        id.ifPresent(image -> writer.i64(image.session()).i64(image.epoch()));
    }

    private static Optional<ImageId> imageId(PayloadReader in) throws WireException {
        return in.bool() ? Optional.of(new ImageId(in.i64(), in.i64())) : Optional.empty();
    }

    private static WireMessage deviceState(PayloadReader in) throws WireException {
        int offset = in.nonNegativeInt("an offset");
        int total = in.nonNegativeInt("the size of the device state");
        ByteBuffer data = in.rest();
        if (total > MAX_DEVICE_STATE || offset > total || data.remaining() > total - offset) {
            throw new WireException(data.remaining() + " bytes at " + offset + " of a device state of " + total
                    + " bytes, allowed are " + MAX_DEVICE_STATE);
        }
        return new WireMessage.DeviceState(offset, total, data);
    }

    private static WireMessage joined(PayloadReader in) throws WireException {
        String domain = in.text();
        long generation = in.i64();
        String owner = in.text();
        String standby = in.text();
        long session = in.i64();
        try {
            Optional<String> named = standby.isEmpty() ? Optional.empty() : Optional.of(standby);
            return new WireMessage.Joined(new OwnershipRecord(domain, generation, owner, named, session));
        } catch (IllegalArgumentException e) {
            throw new WireException("an impossible record: " + e.getMessage());
        }
    }

    private static WireMessage farewell(PayloadReader in) throws WireException {
        int kind = in.u8();
        if (kind >= Farewell.values().length) {
            throw new WireException("a farewell of the unknown kind " + kind);
        }
        return new WireMessage.Farewell(Farewell.values()[kind], in.text());
    }
}
