package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.transfer.OutgoingSession;

/**
 * What one checkpoint takes of the heap in steady state, on both hosts: so little that a young generation of some MiB lasts
 * for minutes. Most of it is the rings' snapshot, which goes with each checkpoint as values.
 */
@Timeout(120)
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM = 2500;
    private static final int MEASURED = 500;
    private static final int PAGES = 40;

    /** A guest that costs nothing to pause and to save. */
    private static final class StillGuest implements VirtualMachine {
        private final CompletableFuture<ByteBuffer> state =
                CompletableFuture.completedFuture(ByteBuffer.allocateDirect(100_000));

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public CompletableFuture<ByteBuffer> saveDeviceState() {
            return state;
        }

        @Override
        public long pid() {
            return ProcessHandle.current().pid();
        }

        @Override
        public void awaitReady(Duration timeout) {}

        @Override
        public void loadDeviceState(ByteBuffer state) {}

        @Override
        public void powerDown() {}

        @Override
        public void destroy() {}

        @Override
        public void retire() {}

        @Override
        public void release() {}

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public boolean tracksPages() {
            return false;
        }
    }

    private static Map<String, Long> taken() {
        Map<String, Long> found = new TreeMap<>();
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("kemari-")) {
                found.merge(thread.getThreadName(), THREADS.getThreadAllocatedBytes(thread.getThreadId()), Long::sum);
            }
        }
        return found;
    }

    @Test
    void aCheckpointTakesLittle() throws Exception {
        try (TestPair pair = new TestPair(4 << 20, 1 << 20, TransferSettings.DEFAULT, 1)) {
            OutgoingSession session = pair.openAndSync();
            StillGuest guest = new StillGuest();
            for (int epoch = 1; epoch <= WARM; epoch++) {
                checkpoint(pair, session, guest, epoch);
            }
            Map<String, Long> before = taken();
            long conductor = 0;
            for (int epoch = WARM + 1; epoch <= WARM + MEASURED; epoch++) {
                conductor += checkpoint(pair, session, guest, epoch);
            }
            Map<String, Long> after = taken();
            after.replaceAll((thread, bytes) -> (bytes - before.getOrDefault(thread, 0L)) / MEASURED);
            assertThat(after).containsKeys("kemari-commits-web", "kemari-apply-web", "kemari-receive-web");
            assertThat(conductor / MEASURED).as("of the conductor's thread").isLessThan(4000);
            assertThat(after.values().stream().mapToLong(Long::longValue).sum())
                    .as("of the sessions' threads, on both hosts: %s", after)
                    .isLessThan(7000);
        }
    }

    /** Returns what the calling thread has taken. */
    private static long checkpoint(TestPair pair, OutgoingSession session, VirtualMachine guest, long epoch)
            throws IOException {
        pair.guest.dirty(PAGES);
        long me = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(me);
        session.checkpoint(epoch, guest, pair.tap);
        long taken = THREADS.getThreadAllocatedBytes(me) - before;
        pair.awaitCommitted(epoch);
        return taken;
    }
}
