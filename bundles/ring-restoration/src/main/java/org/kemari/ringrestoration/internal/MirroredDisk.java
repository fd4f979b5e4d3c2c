package org.kemari.ringrestoration.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLogs;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.block.BlockConfig;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.block.BlockStatus;
import org.kemari.virtio.ring.Segments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's copy of a mirrored disk, and how far the requests of the primary have been executed on it. A request stays
 * pending in later checkpoints until the primary has completed it; its number tells that it was done here already.
 */
final class MirroredDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirroredDisk.class);

    private final String id;
    private final BlockFile file;
    private final BlockConfig config;
    private final IoVectors vectors;
    private final Flusher flusher;
    private final Path logDirectory;
    private Optional<ChangeLogs> logs = Optional.empty();
    private long incarnation = -1;
    private long executed;

    private MirroredDisk(
            String id, BlockFile file, BlockConfig config, IoVectors vectors, Flusher flusher, Path logDirectory) {
        this.id = id;
        this.file = file;
        this.config = config;
        this.vectors = vectors;
        this.flusher = flusher;
        this.logDirectory = logDirectory;
    }

    /** @param logDirectory where the disk's change logs are */
    static MirroredDisk open(String domain, DiskDefinition disk, Path logDirectory) throws IOException {
        BlockFile file;
        try {
            file = BlockFile.open(disk.path(), false);
        } catch (IOException e) {
            throw new IOException("disk " + disk.id() + " of domain " + domain + ": " + e.getMessage(), e);
        }
        try {
            return new MirroredDisk(
                    disk.id(),
                    file,
                    BlockConfig.of(file.size(), false, disk.queues()),
                    new IoVectors(IoVectors.KERNEL_LIMIT),
                    new Flusher(file::flush, "kemari-flush-" + domain + "-" + disk.id()),
                    logDirectory);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    BlockConfig config() {
        return config;
    }

    /** The requests that come now are those of this incarnation of the device: a reset starts their numbers again. */
    void begin(long deviceIncarnation) throws IOException {
        flusher.check();
        if (logs.isEmpty()) {
            // not earlier: the log against the primary is made when the first checkpoint is applied
            logs = Optional.of(ChangeLogs.open(logDirectory, id, file.identity()));
        }
        if (incarnation != deviceIncarnation) {
            LOG.debug("disk {}: incarnation {} follows {}", id, deviceIncarnation, incarnation);
            incarnation = deviceIncarnation;
            executed = 0;
        }
    }

    boolean isNew(long sequence) {
        return sequence > executed;
    }

    /** Executes what changes the disk; what the primary refused to the guest is not executed here either. */
    void execute(BlockRequest request, long sequence, Figures figures) throws IOException {
        if (request.verdict() == BlockStatus.OK) {
            try {
                mark(request);
                switch (request.type()) {
                    case WRITE -> figures.wrote(write(request));
                    case DISCARD, WRITE_ZEROES -> figures.wrote(changeRanges(request));
                    case FLUSH -> flush(figures);
                    case READ, GET_ID, OTHER -> {}
                }
            } catch (IOException e) {
                throw new IOException("disk " + id + ": " + e.getMessage(), e);
            }
        }
        executed = sequence;
    }

    /** Begins to make it durable, whoever has written it. */
    void flush(Figures figures) {
        flusher.request();
        figures.flushed();
    }

    /** Before it is executed, as {@link org.kemari.linux.ChangeLog} wants it. */
    private void mark(BlockRequest request) {
        if (request.type().changesDisk()) {
            for (int i = 0; i < request.extents(); i++) {
                logs.orElseThrow().mark(request.extentOffset(i), request.extentLength(i));
            }
        }
    }

    private long write(BlockRequest request) throws IOException {
        Segments data = request.data();
        long offset = request.offset();
        for (int first = 0; first < data.count(); first += IoVectors.KERNEL_LIMIT) {
            vectors.clear();
            data.appendTo(vectors, first, Math.min(IoVectors.KERNEL_LIMIT, data.count() - first));
            file.write(vectors, offset);
            offset += vectors.bytes();
        }
        return data.bytes();
    }

    private long changeRanges(BlockRequest request) throws IOException {
        long bytes = 0;
        for (int i = 0; i < request.ranges(); i++) {
            long length = request.rangeLength(i);
            if (length > 0 && request.type() == BlockRequest.Type.DISCARD) {
                file.discard(request.rangeOffset(i), length);
            } else if (length > 0) {
                file.writeZeroes(request.rangeOffset(i), length, request.rangeMayUnmap(i));
            }
            bytes += length;
        }
        return bytes;
    }

    /** Returns when all flushes asked for are done. */
    void awaitFlushed() throws IOException {
        flusher.await();
    }

    @Override
    public void close() {
        flusher.close();
        vectors.close();
        logs.ifPresent(ChangeLogs::close);
        file.close();
    }
}
