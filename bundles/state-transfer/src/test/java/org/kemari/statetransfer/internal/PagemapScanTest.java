package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.transfer.CheckpointReport;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.PageCapture;

/** The real capture: another process, with the preload library in it, writes the RAM file; the tap writes it too. */
@Timeout(60)
class PagemapScanTest {
    private static final long MEMORY = 16 << 20;
    private static final int PAGES = (int) (MEMORY / 4096);

    @Test
    void onlyWrittenPagesTravelAndTheImageIsIdentical() throws Exception {
        try (TestPair pair = new TestPair(MEMORY, 1 << 20, TransferSettings.DEFAULT, 1);
                TestProcess guest = new TestProcess(pair.root, pair.eastPaths.ramFile(), MEMORY, false);
                DirtyBitmap marks = DirtyBitmap.open(pair.eastPaths.dirtyPagesFile(), PAGES);
                FileChannel ram = FileChannel.open(pair.eastPaths.ramFile(), StandardOpenOption.WRITE)) {
            assumeTrue(PageCapture.isSupported(guest.pid()), "needs PAGEMAP_SCAN (Linux 6.7) and the right to trace");
            OutgoingSession session = pair.open(guest.pid(), true);
            assertThat(session.status().capture()).isEqualTo("pagemap-scan");
            session.syncLive(pair.tap, progress -> {});
            pair.tap.hold(Duration.ofSeconds(1));
            session.syncDisks(pair.tap);
            session.checkpoint(1, pair.guest, pair.tap);
            Random random = new Random(1);
            for (int epoch = 2; epoch <= 10; epoch++) {
                int writes = random.nextInt(50);
                for (int i = 0; i < writes; i++) {
                    guest.write(random.nextInt(PAGES), random.nextInt(4));
                }
                int own = random.nextInt(PAGES);
                marks.mark(own, 1);
                ram.write(ByteBuffer.wrap(new byte[] {1, 2, 3, (byte) epoch}), own * 4096L);
                marks.mark(own, 1);
                CheckpointReport report = session.checkpoint(epoch, pair.guest, pair.tap);
                assertThat(report.pages()).isBetween(1L, writes + 1L);
            }
            pair.awaitCommitted(10);
            CommittedCheckpoint last = pair.standby.session().seal().orElseThrow();
            assertThat(last.epoch()).isEqualTo(10);
            assertThat(pair.imageChecksum()).isEqualTo(pair.guest.memoryAt(10));
        }
    }
}
