package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.PageCapture;
import org.kemari.statetransfer.internal.Reasons;
import org.kemari.statetransfer.internal.RetainedImage;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left in the RAM file of a host that was the primary until a switchover: the checkpoint that the guest went on
 * from elsewhere, but for the pages that have changed here since. Those are the ones that the old primary's guest wrote
 * before it was paused for good (its note says which), those that the hypervisor has written since it was started to wait
 * (it is tracked from its start), and those that a tap has marked. Whatever is not known for sure is lacking.
 */
final class Remains implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Remains.class);

    private final ImageId id;
    private final PageCapture lacking;

    private Remains(ImageId id, PageCapture lacking) {
        this.id = id;
        this.lacking = lacking;
    }

    /** The image that an offer can build upon, if there is one. The note is gone afterwards: memory changes now. */
    static Optional<Remains> of(StandbyOffer offer, StandbySlot slot) throws IOException {
        String domain = offer.identity().domain();
        try {
            if (offer.resumedFrom().isEmpty() && slot.retained().isEmpty()) {
                return Optional.empty();
            }
            if (!offer.resumedFrom().equals(slot.retained())) {
                LOG.info(
                        "Domain {}: all of its memory will be sent: here is {}, host {} asks for {}",
                        domain,
                        text(slot.retained()),
                        offer.primary(),
                        text(offer.resumedFrom()));
                return Optional.empty();
            }
            return Optional.of(look(offer.resumedFrom().orElseThrow(), offer, slot));
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "Domain {}: all of its memory will be sent, what is left of it here is of no use: {}",
                    domain,
                    e instanceof NoSuchFileException ? "there is no " + e.getMessage() : Reasons.of(e));
            return Optional.empty();
        } finally {
            Files.deleteIfExists(slot.paths().retainedImage());
        }
    }

    private static String text(Optional<ImageId> id) {
        return id.map(image -> "checkpoint " + image.epoch() + " of session " + image.session())
                .orElse("no checkpoint");
    }

    private static Remains look(ImageId id, StandbyOffer offer, StandbySlot slot) throws IOException {
        DomainPaths paths = slot.paths();
        long memory = offer.identity().memoryBytes();
        try (RetainedImage note = RetainedImage.read(paths.retainedImage(), id, memory);
                DirtyBitmap marks = DirtyBitmap.open(paths.dirtyPagesFile(), memory / PageCapture.PAGE_BYTES)) {
            PageCapture capture = PageCapture.open(slot.pid(), paths.ramFile(), memory, marks);
            try {
                capture.look();
                long byHypervisor = capture.pending();
                if (byHypervisor == capture.pages()) {
                    throw new IOException("process " + slot.pid() + " was not tracked from its start");
                }
                capture.mark(note.changed());
                LOG.info(
                        "Domain {}: its memory here is still {} but for {} KiB ({} KiB written by the waiting hypervisor)",
                        offer.identity().domain(),
                        text(Optional.of(id)),
                        capture.pending() << PageRuns.PAGE_SHIFT >> 10,
                        byHypervisor << PageRuns.PAGE_SHIFT >> 10);
                return new Remains(id, capture);
            } catch (IOException | RuntimeException e) {
                capture.close();
                throw e;
            }
        }
    }

    ImageId id() {
        return id;
    }

    /** Tells the primary what is lacking. */
    void send(FrameWriter writer) throws IOException {
        NativeMemory bits = lacking.pendingBits();
        ByteBuffer runs = ByteBuffer.allocateDirect(PageRuns.MAX_RUNS_PER_FRAME * PageRuns.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        long page = next(bits, 0, lacking.pages(), true);
        while (page < lacking.pages()) {
            long end = next(bits, page, lacking.pages(), false);
            if (!runs.hasRemaining()) {
                writer.gather(new WireMessage.Lacking(false, runs.flip()), 0);
                runs.clear();
            }
            runs.putInt((int) page).putInt((int) (end - page));
            page = next(bits, end, lacking.pages(), true);
        }
        writer.write(new WireMessage.Lacking(true, runs.flip()), 0);
    }

    /** The next page that is lacking, or is not, from a page on; the limit if there is none. */
    private static long next(NativeMemory bits, long from, long limit, boolean set) {
        long page = from;
        while (page < limit) {
            long word = bits.getLong(page >>> 6 << 3);
            long rest = (set ? word : ~word) >>> (page & 63);
            if (rest != 0) {
                return Math.min(limit, page + Long.numberOfTrailingZeros(rest));
            }
            page = (page | 63) + 1;
        }
        return limit;
    }

    @Override
    public void close() {
        lacking.close();
    }
}
