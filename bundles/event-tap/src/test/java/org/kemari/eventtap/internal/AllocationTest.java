package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;

/**
 * What the tap's threads take of the heap for a request in steady state: nothing, so that no collection is ever needed for
 * them. The bounds are what was reached, with room for what the machine does differently: a wait that has to be queued for
 * costs an object, however often it comes about.
 */
class AllocationTest {
    private static final int BATCH = 16;
    private static final long SLOT = 0x2000;
    private static final int WARM = 400;
    private static final int MEASURED = 400;
    /** Bytes; a monitor that is waited for takes a few now and then. */
    private static final long NOTHING = 16;

    private static final WrittenAhead.Visitor NOBODY = new WrittenAhead.Visitor() {
        @Override
        public void written(String disk, long offset, ByteBuffer data) {}

        @Override
        public void cleared(String disk, long offset, long length) {}

        @Override
        public void flushed(String disk) {}
    };

    @TempDir
    Path directory;

    private interface Round {
        void run() throws IOException;
    }

    /** Requests at fixed places, sent over and over again. */
    private static final class Load {
        private final Bench bench;
        private final int type;
        private final DriverRing ring;

        Load(Bench bench, int type) {
            this.bench = bench;
            this.type = type;
            this.ring = bench.front.rings.get(0);
        }

        void send() throws IOException {
            for (int i = 0; i < BATCH; i++) {
                long at = Bench.BUFFERS + i * SLOT;
                bench.front.ram.putInt(bench.front.at(at), type);
                bench.front.ram.putLong(bench.front.at(at + 8), i * 8L);
                Buffer header = Buffer.readable(at, 16);
                Buffer status = Buffer.writable(at + 64, 1);
                ring.add(
                        switch (type) {
                            case GuestDisk.FLUSH -> List.of(header, status);
                            case GuestDisk.READ -> List.of(header, Buffer.writable(at + 0x1000, 4096), status);
                            default -> List.of(header, Buffer.readable(at + 0x1000, 4096), status);
                        });
            }
            if (ring.show()) {
                bench.front.kick(0);
            }
        }

        void awaitAll() {
            int[] done = new int[1];
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofNanos(50_000))
                    .atMost(TIMEOUT)
                    .until(() -> {
                        while (ring.poll().isPresent()) {
                            done[0]++;
                        }
                        return done[0] == BATCH;
                    });
        }

        void round() throws IOException {
            send();
            awaitAll();
        }
    }

    /** What the tap's threads take in {@value #MEASURED} rounds, once that is what it stays at. */
    private static Allocations measure(Round round) throws IOException {
        for (int i = 0; i < WARM; i++) {
            round.run();
        }
        Allocations before = Allocations.now();
        for (int i = 0; i < MEASURED; i++) {
            round.run();
        }
        return Allocations.now().since(before);
    }

    private void assertThatARequestTakes(int type, long lessThan) throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            Allocations taken = measure(new Load(bench, type)::round);
            assertThat(taken.sum() / MEASURED / BATCH).as("%s", taken).isLessThan(lessThan);
        }
    }

    @Test
    void readsTakeNothing() throws IOException {
        assertThatARequestTakes(GuestDisk.READ, NOTHING);
    }

    @Test
    void writesTakeNothing() throws IOException {
        assertThatARequestTakes(GuestDisk.WRITE, NOTHING);
    }

    /** The threads that wait for the disk wait for each other, too, and the queue for that is made of objects. */
    @Test
    void flushesTakeNothingButAPlaceInTheQueue() throws IOException {
        assertThatARequestTakes(GuestDisk.FLUSH, 64);
    }

    /** What an epoch takes: of the tap's threads, and of the conductor's. */
    private void epochs(Bench bench, Round before, Round after) throws IOException {
        long[] epoch = new long[1];
        long[] conductor = new long[1];
        Allocations threads = measure(() -> {
            before.run();
            epoch[0]++;
            long begin = Allocations.ofThisThread();
            bench.tap.prepare(epoch[0]);
            conductor[0] += Allocations.ofThisThread() - begin;
            bench.front.stop();
            bench.front.start(bench.front.features);
            begin = Allocations.ofThisThread();
            bench.tap.snapshot(TIMEOUT);
            try (WrittenAhead ahead = bench.tap.takeWrittenAhead(TIMEOUT)) {
                ahead.forEach(NOBODY);
            }
            bench.tap.release(epoch[0]);
            conductor[0] += Allocations.ofThisThread() - begin;
            after.run();
        });
        assertThat(threads.sum() / MEASURED).as("%s", threads).isLessThan(8000);
        assertThat(conductor[0] / epoch[0]).as("of the conductor's").isLessThan(3500);
    }

    @Test
    void anEpochOfHeldWritesTakesLittle() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            Load load = new Load(bench, GuestDisk.WRITE);
            epochs(
                    bench,
                    () -> {
                        load.send();
                        HoldTest.awaitHeld(bench, BATCH);
                    },
                    load::awaitAll);
        }
    }

    @Test
    void anEpochOfWritesThatRunAheadTakesLittle() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.tap.logChanges("west", 7);
            bench.tap.runAhead("west");
            epochs(bench, new Load(bench, GuestDisk.WRITE)::round, () -> {});
        }
    }
}
