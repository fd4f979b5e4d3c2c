package org.kemari.arbiterlocal.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.kemari.api.arbiter.ArbiterException;

/**
 * Tells the directory of records that the hosts share from another one at the same path. A share that is not mounted leaves
 * an empty directory behind, in which nobody owns anything: a domain that was started there would have two owners. So the
 * directory gets a mark when the first record is written, and every host remembers the mark of the one that it has used.
 *
 * <p>Not found out: a share that was missing when a host used it for the very first time. Safe for use by many threads and
 * many processes.
 */
final class SharedDirectory {
    private static final String MARK = "arbiter.id";
    /** No domain has such a name. */
    private static final String LOCK = ".arbiter.lock";

    private static final int MAX_BYTES = 64;

    private final Path directory;
    private final Path mark;
    private final Path remembered;
    private final DomainLock lock;
    private final Duration lockWait;

    /** @param memory where this host remembers, on a file system of its own */
    SharedDirectory(Path directory, Path memory, Duration lockWait) {
        this.directory = directory;
        this.mark = directory.resolve(MARK);
        this.remembered = memory.resolve(MARK);
        this.lock = new DomainLock(directory.resolve(LOCK));
        this.lockWait = lockWait;
    }

    /** @throws ArbiterException if this host has used another one; the message says what to do */
    void check() throws ArbiterException {
        try {
            Optional<String> known = read(remembered);
            if (known.isPresent() && !read(mark).equals(known)) {
                throw new ArbiterException(
                        directory + " is not the directory of records that this host has used so far: "
                                + "is the share mounted? If it has been replaced on all hosts, remove " + remembered
                                + " on each of them while no domain runs");
            }
        } catch (ArbiterException e) {
            throw e;
        } catch (IOException e) {
            throw new ArbiterException("cannot tell whether " + directory + " is the right directory: " + e, e);
        }
    }

    /** A record is about to be written: from now on this directory is the one. */
    synchronized void use() throws IOException {
        check();
        if (read(remembered).isPresent()) {
            return;
        }
        Files.createDirectories(directory);
        String id = lock.locked(lockWait, () -> {
            Optional<String> there = read(mark);
            if (there.isPresent()) {
                return there.get();
            }
            String fresh = UUID.randomUUID().toString();
            write(mark, fresh);
            return fresh;
        });
        Files.createDirectories(remembered.getParent());
        write(remembered, id);
    }

    private static Optional<String> read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void write(Path file, String id) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(id + "\n");
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    void close() throws IOException {
        lock.close(lockWait);
    }
}
