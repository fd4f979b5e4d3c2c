package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.ImageId;

/** The payload of one frame, checked. Buffers are views of what was received, valid as long as that is. */
public sealed interface WireMessage {
    /**
     * The primary's request.
     *
     * @param identity the domain as the primary has it
     * @param generation its generation
     * @param capabilities optional parts of the protocol that the primary knows
     * @param resumedFrom the checkpoint that its guest was resumed from, if it knows what has changed since
     * @param logs what the primary's change logs are good for, one for each disk of the identity
     */
    record Hello(
            DomainIdentity identity,
            long generation,
            long capabilities,
            Optional<ImageId> resumedFrom,
            List<DiskBase> logs)
            implements WireMessage {
        public Hello {
            Objects.requireNonNull(identity);
            Objects.requireNonNull(resumedFrom);
            logs = List.copyOf(logs);
        }
    }

    /**
     * The guest's UEFI variables. Follows {@link Hello} if the guest's firmware is UEFI.
     *
     * @param data all of them; empty if the primary has none
     */
    record FirmwareVariables(ByteBuffer data) implements WireMessage {}

    /**
     * The standby agrees.
     *
     * @param capabilities of those offered, what the standby knows too
     * @param stagingBytes the largest checkpoint that it takes, frames included
     * @param retained the primary's {@code resumedFrom}, if the standby's memory still is that checkpoint but for the
     *     pages that {@link Lacking} names; otherwise it is all zero
     * @param plans how each disk of the identity is brought up to date
     */
    record Accept(long capabilities, long stagingBytes, Optional<ImageId> retained, List<DiskPlan> plans)
            implements WireMessage {
        public Accept {
            Objects.requireNonNull(retained);
            plans = List.copyOf(plans);
        }
    }

    /**
     * Pages that the standby's memory lacks of the checkpoint that it retains. Follows {@link Accept}, in as many parts as
     * it takes.
     *
     * @param last whether this is the last part
     * @param runs entries as {@link PageRuns} describes them, within the guest's memory
     */
    record Lacking(boolean last, ByteBuffer runs) implements WireMessage {}

    /**
     * The standby does not agree.
     *
     * @param reason for people
     */
    record Refuse(String reason) implements WireMessage {}

    /**
     * Memory.
     *
     * @param runs entries as {@link PageRuns} describes them, within the guest's memory
     * @param data the content of the runs that are not zero, one after another
     */
    record Pages(ByteBuffer runs, ByteBuffer data) implements WireMessage {}

    /**
     * In a checkpoint: memory, as what has changed since the frame before that was for the same page.
     *
     * @param entries as {@link PageDelta} describes them, within the guest's memory
     * @param data the deltas, one after another
     */
    record PageDeltas(ByteBuffer entries, ByteBuffer data) implements WireMessage {}

    /**
     * A piece of a disk.
     *
     * @param disk index in the identity
     * @param offset in bytes
     * @param data content
     */
    record Disk(int disk, long offset, ByteBuffer data) implements WireMessage {}

    /**
     * A piece of a disk that is all zero.
     *
     * @param disk index in the identity
     * @param offset in bytes
     * @param length in bytes
     */
    record DiskZero(int disk, long offset, long length) implements WireMessage {}

    /**
     * In a checkpoint: the guest has been told that what it wrote to a disk is durable.
     *
     * @param disk index in the identity
     */
    record DiskFlush(int disk) implements WireMessage {}

    /**
     * Which extents of its copy the standby has changed since the base of the logs. Follows {@link Accept} for each disk
     * whose plan is {@link DiskPlan#DELTA}, in as many parts as it takes, in order.
     *
     * @param disk index in the identity
     * @param firstExtent of this part, a multiple of 64
     * @param last whether it is the last part of this disk
     * @param bits one per extent, little-endian 64-bit words
     */
    record DiskChanges(int disk, long firstExtent, boolean last, ByteBuffer bits) implements WireMessage {}

    /**
     * What the primary's copy holds, to be compared.
     *
     * @param disk index in the identity
     * @param firstExtent the first one of these
     * @param digests {@link DiskExtents#DIGEST_BYTES} bytes for each extent, one after another
     */
    record DiskDigests(int disk, long firstExtent, ByteBuffer digests) implements WireMessage {}

    /**
     * Answers one {@link DiskDigests}.
     *
     * @param disk index in the identity
     * @param firstExtent as there
     * @param bits one per extent that was asked about, padded to whole bytes: set where the standby's copy differs
     */
    record DiskDiffers(int disk, long firstExtent, ByteBuffer bits) implements WireMessage {}

    /**
     * Frames that the guest has received. At any time from the first checkpoint on, also between the frames of one.
     *
     * @param batch at least one, with numbers that grow from message to message
     */
    record Received(FrameBatch batch) implements WireMessage {
        public Received {
            Objects.requireNonNull(batch);
        }
    }

    /**
     * In a checkpoint: how far its guest is in what it has received.
     *
     * @param numbers of the last frame, for each NIC
     */
    record Delivered(List<Long> numbers) implements WireMessage {
        public Delivered {
            numbers = List.copyOf(numbers);
        }
    }

    /**
     * In a checkpoint: packets that it releases.
     *
     * @param batch at least one, without numbers
     */
    record Held(FrameBatch batch) implements WireMessage {
        public Held {
            Objects.requireNonNull(batch);
        }
    }

    /** Between checkpoints: the standby is to settle all epochs up to the one in the frame's header. */
    record Settle() implements WireMessage {}

    /** The sender's disks have all writes up to the epoch in the frame's header, durably. */
    record Settled() implements WireMessage {}

    /**
     * A round of the live sync has been sent.
     *
     * @param round its number, from 1
     * @param last whether it was the last one: to be answered with {@link Synced}
     * @param remainingBytes what had changed meanwhile
     */
    record Round(int round, boolean last, long remainingBytes) implements WireMessage {}

    /** All of the live sync is in the image and on the disks. */
    record Synced() implements WireMessage {}

    /** A checkpoint begins; its number is in the frame's header. */
    record CheckpointBegin() implements WireMessage {}

    /**
     * A piece of the device state.
     *
     * @param offset of the piece; the pieces come in order
     * @param total size of the whole
     * @param data content
     */
    record DeviceState(int offset, int total, ByteBuffer data) implements WireMessage {}

    /**
     * Instead of {@link DeviceState}: the whole of it, as what has changed since the checkpoint before.
     *
     * @param base size of that one's
     * @param total size of this one
     * @param crc CRC-32C of this one
     * @param data the {@link Deltas delta} of what is {@link #common}, and then the rest as it is
     */
    record StateDelta(int base, int total, int crc, ByteBuffer data) implements WireMessage {
        /** How much of the two is compared: whole words that both have. */
        public static int common(int base, int total) {
            return Math.min(base, total) & -Deltas.WORD;
        }
    }

    /**
     * The rings at the pause.
     *
     * @param snapshot of all devices
     */
    record Rings(TapSnapshot snapshot) implements WireMessage {}

    /**
     * A checkpoint is complete.
     *
     * @param frames frames between the beginning and this one
     * @param pages pages in them
     * @param digest CRC-32C over the CRCs of these frames, in order
     */
    record CheckpointEnd(int frames, long pages, int digest) implements WireMessage {}

    /** The checkpoint whose number is in the frame's header is committed. */
    record Committed() implements WireMessage {}

    /**
     * The arbiter's record names the standby.
     *
     * @param record as it is now
     */
    record Joined(OwnershipRecord record) implements WireMessage {
        public Joined {
            Objects.requireNonNull(record);
        }
    }

    /**
     * The session ends on purpose.
     *
     * @param kind why
     * @param detail for people
     */
    record Farewell(org.kemari.api.transfer.Farewell kind, String detail) implements WireMessage {}

    /**
     * The session ends because the sender cannot go on.
     *
     * @param reason for people
     */
    record Error(String reason) implements WireMessage {}
}
