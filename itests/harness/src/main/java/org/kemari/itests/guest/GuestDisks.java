package org.kemari.itests.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kemari.itests.lab.Shell;

/** Disk images, made and looked at without mounting anything. */
public final class GuestDisks {
    private GuestDisks() {}

    /** Makes a sparse file of zeroes. */
    public static Path makeEmpty(Path disk, long bytes) {
        try {
            Files.createDirectories(disk.toAbsolutePath().getParent());
            Files.deleteIfExists(disk);
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.setLength(bytes);
            }
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a disk with an empty ext4 file system; the same bytes for the same size. */
    public static Path makeExt4(Path disk, long bytes) {
        makeEmpty(disk, bytes);
        Shell.run(List.of(
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-E",
                "lazy_itable_init=0,lazy_journal_init=0,hash_seed=6b656d61-7269-4000-8000-000000000001",
                "-U",
                "6b656d61-7269-4000-8000-000000000002",
                "-L",
                "kemari",
                disk.toString()));
        return disk;
    }

    /** Replays the journal of a file system that was not unmounted, as the next mount would. */
    public static void replayJournal(Path disk) {
        // 1: errors were corrected, which a replayed journal counts as
        Shell.Result result = Shell.tryRun(List.of("e2fsck", "-p", "-E", "journal_only", disk.toString()));
        if (result.status() > 1) {
            throw new IllegalStateException("journal of " + disk + ": " + result.text());
        }
    }

    /**
     * Checks a file system thoroughly without changing it.
     *
     * @return what is wrong, empty if nothing is
     */
    public static String check(Path disk) {
        Shell.Result result = Shell.tryRun(List.of("e2fsck", "-fn", disk.toString()));
        return result.status() == 0 ? "" : result.text();
    }

    /** Copies a file out of a file system. */
    public static byte[] extract(Path disk, String file) {
        try {
            Path copy = Files.createTempFile("kemari-", ".extract");
            try {
                Shell.run(List.of("debugfs", "-R", "dump " + file + " " + copy, disk.toString()));
                return Files.readAllBytes(copy);
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** First byte at which two disks differ, -1 if none. */
    public static long firstDifference(Path one, Path other) {
        try {
            return Files.mismatch(one, other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
