package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.kemari.linux.Preload;

/** The real capture: another process, with the preload library in it, writes the RAM file; the tap writes it too. */
@Timeout(60)
class PagemapScanTest {
    private static final long MEMORY = 16 << 20;
    private static final int PAGES = (int) (MEMORY / 4096);

    @Test
    void onlyWrittenPagesTravelAndTheImageIsIdentical() throws Exception {
        try (TestPair pair = new TestPair(MEMORY, 1 << 20, TransferSettings.DEFAULT, 1);
                Guest guest = new Guest(pair.root, pair.eastPaths.ramFile());
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

    /** The test program of the native module: maps a file as a hypervisor does, and writes pages on command. */
    private static final class Guest implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;
        private final Writer commands;

        Guest(Path directory, Path ramFile) throws IOException {
            Path program = Path.of("..", "..", "native", "target", "writer");
            ProcessBuilder builder = new ProcessBuilder(program.toString(), ramFile.toString(), Long.toString(MEMORY));
            builder.environment()
                    .putAll(Preload.environment(Preload.extract(directory), ramFile, directory.resolve("status")));
            process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            answers = process.inputReader(StandardCharsets.US_ASCII);
            commands = process.outputWriter(StandardCharsets.US_ASCII);
            assertThat(answers.readLine()).isEqualTo("ready");
        }

        long pid() {
            return process.pid();
        }

        void write(int page, int value) throws IOException {
            commands.write("w " + page + " " + value + "\n");
            commands.flush();
            assertThat(answers.readLine()).isEqualTo("done");
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly().onExit().join();
            answers.close();
        }
    }
}
