package org.kemari.arbiterlocal.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to change the record of one domain, among the threads and the processes that use the directory.
 *
 * <p>The channel stays open as long as the store: closing any descriptor of a file gives up all the locks that the
 * process has on it (POSIX), also those of another store in the same JVM.
 */
final class DomainLock {
    private static final long POLL_MILLIS = 2;

    private final Path file;
    private final ReentrantLock threads = new ReentrantLock(true);
    private FileChannel channel;
    private Object key; // of the file that the channel leads to

    DomainLock(Path file) {
        this.file = file;
    }

    /** Something done under the lock. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** The lock was not to be had in time; nothing was done. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        BusyException(String message) {
            super(message);
        }
    }

    <T> T locked(Duration wait, Work<T> work) throws IOException {
        long deadline = System.nanoTime() + wait.toNanos();
        boolean mine = false;
        try {
            mine = threads.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (!mine) {
                throw busy(wait);
            }
            FileLock lock = acquire(deadline, wait);
            try {
                return work.run();
            } finally {
                if (lock.isValid()) {
                    lock.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException("interrupted while waiting for the lock " + file);
        } finally {
            if (mine) {
                threads.unlock();
            }
        }
    }

    private FileLock acquire(long deadline, Duration wait) throws IOException, InterruptedException {
        while (true) {
            open();
            FileLock lock = tryLock();
            if (lock != null && key.equals(keyNow())) {
                return lock;
            }
            if (lock != null) {
                // The directory was mounted anew, say: a lock on a file that others do not see excludes nobody.
                lock.release();
                channel.close();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw busy(wait);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void open() throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            key = keyNow();
        }
    }

    /** Device and inode of what the path leads to; nothing equals the key of a file that is not there. */
    private Object keyNow() throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return new Object();
        }
    }

    private FileLock tryLock() throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException anotherStoreOfThisJvm) {
            return null;
        }
    }

    private BusyException busy(Duration wait) {
        return new BusyException("the lock " + file + " was held by somebody else for " + wait.toMillis() + " ms");
    }

    /** Closes the channel, holding the lock while doing so: then there is nobody in this JVM to take it from. */
    void close(Duration wait) throws IOException {
        if (channel == null) {
            return;
        }
        locked(wait, () -> {
            channel.close();
            return null;
        });
    }
}
