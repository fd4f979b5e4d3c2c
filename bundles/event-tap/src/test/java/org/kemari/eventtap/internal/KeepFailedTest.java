package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;
import static org.kemari.eventtap.internal.HoldTest.awaitHeld;
import static org.kemari.eventtap.internal.HoldTest.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.linux.ChangeLog;

/** Disks that really fail: a file that has become shorter fails reads, a full file system fails writes. */
@Timeout(60)
class KeepFailedTest {
    private static final int IO_ERROR = 1;
    /** Where the file ends once it has become shorter. */
    private static final int END_SECTOR = 2048;

    @TempDir
    Path directory;

    private static void awaitFailure(Bench bench) {
        await().pollDelay(Duration.ZERO).atMost(TIMEOUT).until(() -> !bench.failures.isEmpty());
    }

    @Test
    void aFailedReadIsKeptUntilItIsGivenUp() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            try (RandomAccessFile file = new RandomAccessFile(bench.diskFile.toFile(), "rw")) {
                file.setLength(END_SECTOR * 512L);
            }
            bench.tap.keepFailed(true);
            GuestDisk.Sent failed = bench.disk.read(0, END_SECTOR + 8, 4096);
            awaitFailure(bench);
            GuestDisk.Sent another = bench.disk.read(0, END_SECTOR - 1, 4096);
            assertThat(bench.disk.status(bench.disk.read(0, 8, 4096)))
                    .as("the rest is served")
                    .isZero();
            TapSnapshot snapshot = checkpoint(bench, 1);
            assertThat(snapshot.devices().get(0).rings().get(0).inFlight())
                    .extracting(InFlight::head)
                    .containsExactly(failed.head(), another.head());
            assertThat(bench.disk.isDone(failed)).isFalse();
            bench.tap.keepFailed(false);
            assertThat(bench.disk.status(failed)).isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(another)).isEqualTo(IO_ERROR);
            assertThat(bench.failures).hasSize(1);
            assertThat(bench.failures.get(0)).startsWith("root: ").contains("READ");
        }
    }

    @Test
    void whatIsKeptDoesNotKeepTheTapOpen() throws IOException {
        Bench bench = new Bench(directory).booted();
        try (bench) {
            try (RandomAccessFile file = new RandomAccessFile(bench.diskFile.toFile(), "rw")) {
                file.setLength(END_SECTOR * 512L);
            }
            bench.tap.keepFailed(true);
            GuestDisk.Sent failed = bench.disk.read(0, END_SECTOR, 512);
            awaitFailure(bench);
            bench.tap.close();
            assertThat(bench.front.ram.getByte(bench.front.at(failed.status()))).isEqualTo((byte) 0xee);
        }
        assertThat(bench.failures).hasSize(1);
    }

    @Test
    void aResetForgetsWhatIsKept() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            try (RandomAccessFile file = new RandomAccessFile(bench.diskFile.toFile(), "rw")) {
                file.setLength(END_SECTOR * 512L);
            }
            bench.tap.keepFailed(true);
            bench.disk.read(0, END_SECTOR, 512);
            awaitFailure(bench);
            bench.front.resetDevice();
            bench.boot(Bench.FEATURES);
            assertThat(bench.disk.status(bench.disk.read(0, 8, 512))).isZero();
            bench.tap.keepFailed(false);
            assertThat(bench.disk.status(bench.disk.read(0, 8, 512))).isZero();
        }
    }

    /** A disk on a file system of 1 MiB that is full. */
    private final class Full implements AutoCloseable {
        final Path mount = Files.createDirectory(directory.resolve("small"));
        final Path filler = mount.resolve("filler");

        Full() throws IOException {
            Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()));
            try (RandomAccessFile disk =
                    new RandomAccessFile(mount.resolve("disk.raw").toFile(), "rw")) {
                disk.setLength(Bench.DISK_BYTES);
            }
            Files.createSymbolicLink(directory.resolve("disk.raw"), mount.resolve("disk.raw"));
            try (RandomAccessFile fill = new RandomAccessFile(filler.toFile(), "rw")) {
                byte[] block = new byte[4096];
                while (true) {
                    fill.write(block);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space");
            }
        }

        private static boolean run(String... command) throws IOException {
            Process process = new ProcessBuilder(command).start();
            try {
                return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            run("umount", mount.toString());
        }
    }

    @Test
    void aFailedWriteIsKeptAndWhatOverlapsItWaits() throws IOException {
        try (Full full = new Full();
                Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.tap.logChanges("west", 1);
            bench.tap.keepFailed(true);
            GuestDisk.Sent write = bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            checkpoint(bench, 1);
            bench.tap.release(1);
            awaitFailure(bench);
            GuestDisk.Sent read = bench.disk.read(0, 9, 512);
            GuestDisk.Sent later = bench.disk.write(0, 8, Bench.pattern(2, 4096));
            awaitHeld(bench, 1);
            assertThat(bench.disk.status(bench.disk.read(0, 64, 512))).isZero();
            TapSnapshot snapshot = checkpoint(bench, 2);
            assertThat(snapshot.devices().get(0).rings().get(0).inFlight())
                    .extracting(InFlight::head)
                    .containsExactly(write.head(), read.head(), later.head());
            bench.tap.release(2);
            // neither the kept write nor the one behind it will ever be done: holding does not wait for them
            bench.tap.hold(TIMEOUT);
            assertThat(bench.disk.isDone(write)).isFalse();
            assertThat(bench.disk.isDone(read)).isFalse();
            assertThat(bench.disk.isDone(later)).isFalse();
            try (ChangeLog log =
                    ChangeLog.open(bench.paths.changeLog("root", "west"), Bench.disk(bench.diskFile.getParent()))) {
                assertThat(log.swap()).as("marks stay after a failed write").isFalse();
            }
            Files.delete(full.filler);
            bench.tap.keepFailed(false);
            assertThat(bench.disk.status(write)).isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(later)).isZero();
            assertThat(bench.disk.status(read)).isZero();
            assertThat(bench.disk.data(read))
                    .as("what was there before the later write or after it: both were under way")
                    .isIn(new byte[512], Arrays.copyOfRange(Bench.pattern(2, 4096), 512, 1024));
            assertThat(bench.onDisk(8, 4096)).isEqualTo(Bench.pattern(2, 4096));
            assertThat(bench.failures).hasSize(1);
            assertThat(bench.failures.get(0)).contains("WRITE").contains("No space");
        }
    }

    @Test
    void withoutKeepingTheGuestIsTold() throws IOException {
        try (Full full = new Full();
                Bench bench = new Bench(directory).booted()) {
            assertThat(bench.disk.status(bench.disk.write(0, 8, Bench.pattern(1, 4096))))
                    .isEqualTo(IO_ERROR);
            assertThat(bench.failures).isEmpty();
            await().atMost(TIMEOUT).until(() -> !bench.broken.isEmpty());
            assertThat(bench.broken.get(0)).contains("the disk fails");
            Files.delete(full.filler);
            assertThat(bench.disk.status(bench.disk.write(0, 8, Bench.pattern(1, 4096))))
                    .isZero();
        }
    }
}
