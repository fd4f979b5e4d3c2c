package org.kemari.arbiterlocal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.RecordCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in a directory, one file per domain. Safe for use by many threads and many processes. */
final class RecordStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);

    private final Path directory;
    private final Duration lockWait;
    private final Map<String, DomainLock> locks = new ConcurrentHashMap<>();

    RecordStore(Path directory, Duration lockWait) {
        this.directory = directory;
        this.lockWait = lockWait;
    }

    Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        Path file = file(domain, ".record");
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(RecordCodec.MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ArbiterException("cannot read the record of domain " + domain + ": " + e, e);
        }
        OwnershipRecord record;
        try {
            record = RecordCodec.decode(bytes);
        } catch (RecordCodec.CorruptException e) {
            throw new ArbiterException("the record file " + file + " is corrupt: " + e.getMessage()
                    + "; find out which host owns domain " + domain + ", then repair or remove the file");
        }
        if (!record.domain().equals(domain)) {
            throw new ArbiterException("the record file " + file + " is that of domain " + record.domain());
        }
        return Optional.of(record);
    }

    /** What to do with a change whose expectation holds; called under the lock. */
    interface Verdict {
        /** The outcome instead of the change; empty: make the change. */
        Optional<CasOutcome> of(Optional<OwnershipRecord> current, OwnershipRecord next);
    }

    CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next, Verdict verdict) {
        next.requireSuccessorOf(expected);
        try {
            return locked(next.domain(), () -> {
                Optional<OwnershipRecord> current = read(next.domain());
                if (!current.equals(expected)) {
                    return new CasOutcome.Lost(current);
                }
                Optional<CasOutcome> instead = verdict.of(current, next);
                if (instead.isPresent()) {
                    return instead.get();
                }
                replace(next);
                return new CasOutcome.Won(next);
            });
        } catch (IOException e) {
            return new CasOutcome.Unknown(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Stores the record of a newer generation, or of a newer session of the same one; otherwise keeps what is there. */
    boolean putIfNewer(OwnershipRecord record) throws IOException {
        return locked(record.domain(), () -> {
            Optional<OwnershipRecord> current = read(record.domain());
            if (current.isPresent() && !newer(record, current.get())) {
                return false;
            }
            replace(record);
            return true;
        });
    }

    private static boolean newer(OwnershipRecord a, OwnershipRecord b) {
        return a.generation() > b.generation() || (a.generation() == b.generation() && a.session() > b.session());
    }

    private <T> T locked(String domain, DomainLock.Work<T> work) throws IOException {
        Path file = file(domain, ".lock");
        Files.createDirectories(directory);
        return locks.computeIfAbsent(domain, d -> new DomainLock(file)).locked(lockWait, work);
    }

    /** Under the lock. When this returns, the record survives a power failure; when it throws, it may or may not. */
    private void replace(OwnershipRecord record) throws IOException {
        byte[] bytes = RecordCodec.encode(record);
        Path temporary = file(record.domain(), ".record.new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(temporary, file(record.domain(), ".record"), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel dir = FileChannel.open(directory, StandardOpenOption.READ)) {
            dir.force(true);
        }
    }

    /** Why no record can be written at present, as far as that can be told without writing one. */
    Optional<String> fault() {
        Path there = directory.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent(); // it is made when the first record is
        }
        if (!Files.isDirectory(there)) {
            return Optional.of(there + " is not a directory, or cannot be reached");
        }
        return Files.isWritable(there) ? Optional.empty() : Optional.of(there + " cannot be written to");
    }

    private Path file(String domain, String suffix) {
        return directory.resolve(RecordCodec.name("domain", domain) + suffix);
    }

    @Override
    public void close() {
        locks.forEach((domain, lock) -> {
            try {
                lock.close(lockWait);
            } catch (IOException e) {
                LOG.warn("Cannot close the arbiter's lock of domain {}: {}", domain, e.getMessage());
            }
        });
        locks.clear();
    }
}
