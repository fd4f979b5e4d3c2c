package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.kemari.api.link.Link;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.RefusedException;
import org.kemari.linux.DirtyBitmap;
import org.kemari.statetransfer.internal.FirmwareVariables;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskExtents;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * The agreement at the beginning of a session.
 *
 * @param reader for the standby's further answers
 * @param writer for all that is sent
 * @param capabilities optional parts of the protocol that both sides know
 * @param stagingBytes the largest checkpoint that the standby takes
 * @param lacking if the standby still has the image that the guest was resumed from: the pages of it that it has not;
 *     owned by whoever has called
 * @param disks how the standby's disks are brought up to date, one for each disk of the identity
 */
record Handshake(
        FrameReader reader,
        FrameWriter writer,
        long capabilities,
        long stagingBytes,
        Optional<DirtyBitmap> lacking,
        List<DiskAgreement> disks) {
    private static final int MAX_ANSWER = PageRuns.MAX_RUNS_PER_FRAME * PageRuns.BYTES + 64;

    /** Whether the standby keeps frames of the guest's network. */
    boolean logsFrames() {
        return (capabilities & Capabilities.FRAME_LOG) != 0;
    }

    /**
     * Tells the standby what is to come and waits for its answer.
     *
     * @param link fresh; closed if the standby takes too long
     * @param resumedFrom the image that the standby may still have, if it is known what has changed since
     * @param bases what this host's change logs are good for, one for each disk of the identity
     * @throws RefusedException if the standby says no
     */
    static Handshake with(
            Link link, OutgoingRequest request, Optional<ImageId> resumedFrom, List<DiskBase> bases, Duration timeout)
            throws IOException {
        CompletableFuture<Boolean> answered =
                new CompletableFuture<Boolean>().completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS);
        answered.thenAccept(inTime -> {
            if (!inTime) {
                link.close();
            }
        });
        FrameWriter writer = new FrameWriter(link, request.session());
        FrameReader reader = new FrameReader(link, request.session());
        try {
            writer.write(
                    new WireMessage.Hello(
                            request.identity(), request.generation(), Capabilities.KNOWN, resumedFrom, bases),
                    0);
            if (FirmwareVariables.belongTo(request.identity())) {
                writer.write(new WireMessage.FirmwareVariables(FirmwareVariables.read(request.paths())), 0);
            }
            WireMessage answer = answer(reader, Limits.NONE);
            if (answer instanceof WireMessage.Accept accept) {
                if (accept.retained().isPresent() && !accept.retained().equals(resumedFrom)) {
                    throw new WireException("host " + request.standby() + " has kept another image than was asked for");
                }
                Optional<DirtyBitmap> lacking = accept.retained().isPresent()
                        ? Optional.of(lacking(reader, request.identity().memoryBytes() >> PageRuns.PAGE_SHIFT))
                        : Optional.empty();
                try {
                    List<DiskAgreement> disks = disks(reader, request.identity(), accept.plans());
                    return new Handshake(
                            reader,
                            writer,
                            accept.capabilities() & Capabilities.KNOWN,
                            accept.stagingBytes(),
                            lacking,
                            disks);
                } catch (IOException | RuntimeException e) {
                    lacking.ifPresent(DirtyBitmap::close);
                    throw e;
                }
            } else if (answer instanceof WireMessage.Refuse refuse) {
                throw new RefusedException(refuse.reason());
            } else {
                throw new WireException("host " + request.standby() + " answered the offer with " + answer);
            }
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            if (answered.isDone()) {
                throw new IOException(
                        "host " + request.standby() + " was not ready within " + timeout.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            answered.complete(true);
        }
    }

    private static DirtyBitmap lacking(FrameReader reader, long pages) throws IOException {
        Limits limits = new Limits(pages, List.of());
        DirtyBitmap bits = DirtyBitmap.anonymous(pages);
        try {
            boolean last = false;
            while (!last) {
                if (!(answer(reader, limits) instanceof WireMessage.Lacking part)) {
                    throw new WireException("the standby has not said what it lacks");
                }
                for (int i = 0; i < PageRuns.count(part.runs()); i++) {
                    bits.mark(PageRuns.first(part.runs(), i), PageRuns.length(part.runs(), i));
                }
                last = part.last();
            }
            return bits;
        } catch (IOException | RuntimeException e) {
            bits.close();
            throw e;
        }
    }

    private static List<DiskAgreement> disks(FrameReader reader, DomainIdentity identity, List<DiskPlan> plans)
            throws IOException {
        if (plans.size() != identity.disks().size()) {
            throw new WireException("plans for " + plans.size() + " disks of "
                    + identity.disks().size());
        }
        Limits limits = limits(identity);
        List<DiskAgreement> agreements = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            long[] changes = plans.get(i) == DiskPlan.DELTA ? changes(reader, i, limits) : new long[0];
            agreements.add(new DiskAgreement(plans.get(i), changes));
        }
        return agreements;
    }

    private static long[] changes(FrameReader reader, int disk, Limits limits) throws IOException {
        long[] words = new long[(int) ((DiskExtents.count(limits.diskBytes().get(disk)) + 63) / 64)];
        int filled = 0;
        while (filled < words.length) {
            if (!(answer(reader, limits) instanceof WireMessage.DiskChanges part)
                    || part.disk() != disk
                    || part.firstExtent() != filled * 64L
                    || part.last() != (filled + part.bits().remaining() / Long.BYTES == words.length)) {
                throw new WireException("the standby has not said what has changed on disk " + disk);
            }
            while (part.bits().hasRemaining()) {
                words[filled++] = part.bits().getLong();
            }
        }
        return words;
    }

    /** What the standby may say something about: any page and any disk. */
    static Limits limits(DomainIdentity identity) {
        return new Limits(
                identity.memoryBytes() >> PageRuns.PAGE_SHIFT,
                identity.disks().stream().map(DomainIdentity.Disk::sizeBytes).toList());
    }

    private static WireMessage answer(FrameReader reader, Limits limits) throws IOException {
        FrameHeader header = reader.readHeader();
        if (header.length() > MAX_ANSWER) {
            throw new WireException("an answer of " + header.length() + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, limits);
    }
}
