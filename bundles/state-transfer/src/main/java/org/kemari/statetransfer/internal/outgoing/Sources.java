package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.PageCapture;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a session takes a domain's content from: its memory and its mirrored disks. */
final class Sources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final PageCapture capture;
    private final CaptureBuffer buffer;
    private final List<DiskSource> disks;
    private Optional<DeltaFrames> deltas = Optional.empty();

    /**
     * Opens everything.
     *
     * @param captureBytes bound of what one pause copies
     * @throws IOException if something is not there; the message names it
     */
    Sources(OutgoingRequest request, long captureBytes) throws IOException {
        try {
            capture = open(request);
            buffer = add(new CaptureBuffer(
                    request.identity().domain(),
                    Math.min(captureBytes, request.identity().memoryBytes())));
            disks = openDisks(request);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    private PageCapture open(OutgoingRequest request) throws IOException {
        DomainPaths paths = request.paths();
        long memory = request.identity().memoryBytes();
        String domain = request.identity().domain();
        DirtyBitmap marks = add(DirtyBitmap.open(paths.dirtyPagesFile(), memory / PageCapture.PAGE_BYTES)
                .countFor(domain));
        if (request.tracksPages()) {
            try {
                return add(PageCapture.open(request.pid(), paths.ramFile(), memory, marks)
                        .countFor(domain));
            } catch (IOException e) {
                LOG.warn(
                        "Domain {}: written pages cannot be tracked ({}); memory will be compared, which makes pauses long",
                        request.identity().domain(),
                        e.getMessage());
            }
        }
        return add(
                PageCapture.compare(paths.ramFile(), memory, Optional.of(marks)).countFor(domain));
    }

    private List<DiskSource> openDisks(OutgoingRequest request) throws IOException {
        List<DiskSource> sources = new ArrayList<>();
        List<DomainIdentity.Disk> agreed = request.identity().disks();
        for (int i = 0; i < agreed.size(); i++) {
            DomainIdentity.Disk disk = agreed.get(i);
            DiskDefinition ours = request.definition().disks().stream()
                    .filter(candidate -> candidate.id().equals(disk.id()))
                    .findFirst()
                    .orElseThrow(() -> new IOException("disk " + disk.id() + " is not in the domain's definition"));
            if (ours.mode() == DiskMode.MIRRORED) {
                sources.add(add(DiskSource.open(i, disk, ours.path(), request.paths(), request.standby())));
            }
        }
        return List.copyOf(sources);
    }

    /** What this host's change logs against the standby are good for, one for each of so many disks. */
    List<DiskBase> bases(int count) {
        DiskBase[] bases = new DiskBase[count];
        java.util.Arrays.fill(bases, DiskBase.NONE);
        for (DiskSource disk : disks) {
            bases[disk.index()] = disk.base();
        }
        return List.of(bases);
    }

    /** How the standby's copies are brought up to date, one for each disk of the identity. */
    void agree(List<DiskAgreement> agreements) throws IOException {
        for (DiskSource disk : disks) {
            disk.agree(agreements.get(disk.index()));
        }
    }

    /** From now on it is closed with these. */
    void own(DirtyBitmap bitmap) {
        add(bitmap);
    }

    /** From now on pages may be sent as what has changed since. */
    void remember(String domain, long bytes) throws IOException {
        if (bytes > 0) {
            deltas = Optional.of(add(new DeltaFrames(bytes, capture.pages())).countFor(domain));
        }
    }

    /** Whether the first scan will tell what the hypervisor has written in its life, and not that it was everything. */
    boolean isTrackedFromStart() throws IOException {
        if (capture.isComparing()) {
            return false;
        }
        capture.look();
        boolean everything = capture.pending() == capture.pages();
        capture.forget();
        return !everything;
    }

    PageCapture capture() {
        return capture;
    }

    CaptureBuffer buffer() {
        return buffer;
    }

    /** For pages that need not be sent whole; empty: all are. */
    Optional<DeltaFrames> deltas() {
        return deltas;
    }

    /** Memory used to capture and to remember; it is not given back. */
    long bytes() {
        return buffer.bytes() + deltas.map(DeltaFrames::bytes).orElse(0L);
    }

    long limitBytes() {
        return buffer.limitBytes() + deltas.map(DeltaFrames::limitBytes).orElse(0L);
    }

    List<DiskSource> disks() {
        return disks;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("Closing failed", e);
            }
        }
    }
}
