package org.kemari.ringrestoration.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.TapSnapshot;

class ExecutePendingTest {
    private static final int WRITE = 1;
    private static final int FLUSH = 4;
    private static final int DISCARD = 11;
    private static final int WRITE_ZEROES = 13;
    private static final byte[] NOTHING = {};

    @TempDir
    Path dir;

    private Standby standby;
    private Image image;

    @BeforeEach
    void open() throws Exception {
        standby = new Standby(dir, DiskMode.MIRRORED, false);
        image = standby.open();
    }

    @AfterEach
    void close() {
        image.close();
        standby.close();
    }

    private static byte[] range(long sector, int sectors, int flags) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sector)
                .putInt(sectors)
                .putInt(flags)
                .array();
    }

    @Test
    void pendingWritesAreExecutedOnceFromTheImage() throws Exception {
        standby.submit(0, WRITE, 7, Standby.filled(3, 'a'), false);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(7, 3)).isEqualTo(Standby.filled(3, 'a'));
        assertThat(standby.sectors(0, 7)).containsOnly(0);

        Files.write(standby.disk, new byte[Standby.DISK_BYTES]);
        standby.submit(0, WRITE, 1, Standby.filled(1, 'b'), true);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(7, 3)).as("not a second time").containsOnly(0);
        assertThat(standby.sectors(1, 1)).isEqualTo(Standby.filled(1, 'b'));

        RestorationStatus status = image.status();
        assertThat(status.snapshots()).isEqualTo(2);
        assertThat(status.pendingLast()).isEqualTo(2);
        assertThat(status.writes()).isEqualTo(2);
        assertThat(status.bytes()).isEqualTo(4 * 512);
        assertThat(status.execute().count()).isEqualTo(2);
    }

    @Test
    void writesOfAllRingsAreExecutedInTheOrderInWhichTheyWereTaken() throws Exception {
        standby.submit(1, WRITE, 0, Standby.filled(2, 1), false);
        standby.submit(0, WRITE, 1, Standby.filled(2, 2), false);
        standby.submit(1, WRITE, 2, Standby.filled(1, 3), false);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(0, 1)).containsOnly(1);
        assertThat(standby.sectors(1, 1)).containsOnly(2);
        assertThat(standby.sectors(2, 1)).containsOnly(3);
    }

    @Test
    void discardsZeroesAndFlushes() throws Exception {
        Files.write(standby.disk, Standby.filled(256, 9));
        standby.submit(0, WRITE_ZEROES, 0, range(10, 5, 0), false);
        standby.submit(0, WRITE_ZEROES, 0, range(64, 16, 1), true);
        standby.submit(0, DISCARD, 0, range(128, 64, 0), false);
        standby.submit(0, FLUSH, 0, NOTHING, false);
        standby.submit(0, FLUSH, 0, NOTHING, false);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(10, 5)).containsOnly(0);
        assertThat(standby.sectors(64, 16)).containsOnly(0);
        assertThat(standby.sectors(0, 10)).containsOnly(9);
        assertThat(standby.sectors(15, 49)).containsOnly(9);
        assertThat(standby.sectors(192, 64)).containsOnly(9);
        assertThat(Files.size(standby.disk)).isEqualTo(Standby.DISK_BYTES);
        assertThat(image.status().writes()).isEqualTo(3);
        assertThat(image.status().flushes()).isEqualTo(2);
        assertThat(image.restore(standby.snapshot())).isEqualTo(standby.snapshot());
    }

    @Test
    void numbersStartAgainWithANewIncarnation() throws Exception {
        standby.submit(0, WRITE, 0, Standby.filled(1, 1), false);
        standby.submit(0, WRITE, 1, Standby.filled(1, 1), false);
        image.executePending(standby.snapshot());
        standby.boot(0);
        standby.incarnation++;
        standby.submit(0, WRITE, 5, Standby.filled(1, 5), false);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(5, 1)).containsOnly(5);
    }

    @Test
    void whatThePrimaryRefusesIsNotExecuted() throws Exception {
        standby.submit(0, WRITE, 255, Standby.filled(2, 1), false);
        standby.submit(0, 0x77, 0, Standby.filled(2, 1), false);
        standby.submit(0, WRITE_ZEROES, 0, range(0, 8, 0x10), false);
        image.executePending(standby.snapshot());
        assertThat(standby.sectors(0, 256)).containsOnly(0);
        assertThat(Files.size(standby.disk)).isEqualTo(Standby.DISK_BYTES);
    }

    @Test
    void sharedAndReadOnlyDisksAreLeftAlone() throws Exception {
        for (boolean readOnly : new boolean[] {false, true}) {
            Path other = Files.createDirectory(dir.resolve("other" + readOnly));
            DiskMode mode = readOnly ? DiskMode.MIRRORED : DiskMode.SHARED;
            try (Standby shared = new Standby(other, mode, readOnly);
                    Image rings = shared.open()) {
                shared.submit(0, WRITE, 7, Standby.filled(3, 'a'), false);
                rings.executePending(shared.snapshot());
                assertThat(shared.sectors(0, 256)).containsOnly(0);
                assertThat(rings.status().pendingLast()).isEqualTo(1);
                assertThat(rings.restore(shared.snapshot())).isEqualTo(shared.snapshot());
            }
        }
    }

    @Test
    void malformedRequestsAndStaleImagesAreNamed() throws Exception {
        int head = standby.submit(1, WRITE, 7, Standby.filled(1, 'a'), false);
        standby.drivers.get(1).descriptor(head, 0x1_0000_0000_0000L, 16, 0, 0);
        assertThatThrownBy(() -> image.executePending(standby.snapshot()))
                .hasMessageContaining("device disk0, ring 1")
                .hasMessageContaining("not guest memory");
        assertThat(standby.sectors(0, 256)).containsOnly(0);

        standby.drivers.get(1).setUsedIndex(65_499);
        assertThatThrownBy(() -> image.executePending(standby.snapshot()))
                .hasMessageContaining("used index is 65500 in the snapshot and 65499 in the image");
    }

    @Test
    void theSameRequestTwiceInASnapshotIsRefused() throws Exception {
        int head = standby.submit(0, WRITE, 7, Standby.filled(1, 'a'), false);
        standby.inFlight.get(0).add(new InFlight(head, 1));
        assertThatThrownBy(() -> image.executePending(standby.snapshot())).hasMessageContaining("twice");
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(standby.disk);
        assertThatThrownBy(standby::open).hasMessageContaining("disk0").hasMessageContaining("disk.raw");
        Files.write(standby.disk, new byte[512]);
        Files.delete(standby.paths.ramFile());
        assertThatThrownBy(standby::open).hasMessageContaining("web.ram");
        Files.write(standby.paths.ramFile(), new byte[4096]);
        assertThatThrownBy(standby::open).hasMessageContaining("has 4096 bytes");
    }

    @Test
    void aLayoutBeyondTheRamFileIsRefused() throws Exception {
        var snapshot = standby.snapshot();
        var wrong = new TapSnapshot(List.of(new MemoryRegion(0, Standby.RAM + 4096, 0)), snapshot.devices());
        assertThatThrownBy(() -> image.executePending(wrong)).hasMessageContaining("beyond its file");
    }
}
