package org.kemari.micro;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.block.BlockConfig;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.block.BlockStatus;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A ring of disk reads, as the tap works it; one operation is one request. The driver's part is a single store: its
 * requests stay in the ring and are offered again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int SIZE = 256;
    private static final int BATCH = 32;
    private static final long TABLE = 0x1000;
    private static final long AVAIL = 0x3000;
    private static final long USED = 0x4000;
    private static final long TABLES = 0x1_0000;
    private static final long BUFFERS = 0x10_0000;
    private static final int PIECE = 4096;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;

    /** Pieces of data in one request; a header and a status come on top. */
    @Param({"1", "16"})
    public int pieces;

    @Param({"false", "true"})
    public boolean indirect;

    private final DescriptorChain chain = new DescriptorChain();
    private final BlockRequest request = new BlockRequest();
    private final BlockConfig config = BlockConfig.of(1 << 30, false, 1);
    private NativeMemory memory;
    private DirtyBitmap dirty;
    private GuestMemory guest;
    private Virtqueue queue;
    private int offered;
    private int chains;

    @Setup(Level.Trial)
    public void makeRing() throws IOException, RingException {
        long bytes = 64 << 20;
        memory = NativeMemory.allocate(bytes);
        dirty = DirtyBitmap.anonymous(bytes / GuestMemory.PAGE_BYTES);
        guest = new GuestMemory(List.of(new GuestMemory.Region(0, bytes, 0, 0, memory, 0)), Optional.of(dirty));
        int length = pieces + 2;
        int perRequest = indirect ? 1 : length;
        chains = Math.min(BATCH, Integer.highestOneBit(SIZE / perRequest));
        for (int i = 0; i < chains; i++) {
            long table = indirect ? TABLES + i * 0x800L : TABLE + 16L * i * perRequest;
            int base = indirect ? 0 : i * perRequest;
            long data = BUFFERS + (long) i * (pieces + 2) * PIECE;
            for (int d = 0; d < length; d++) {
                boolean last = d == length - 1;
                int bytesHere = d == 0 ? 16 : last ? 1 : PIECE;
                descriptor(
                        table + 16L * d,
                        data + (long) d * PIECE,
                        bytesHere,
                        (d > 0 ? WRITE : 0) | (last ? 0 : NEXT),
                        last ? 0 : base + d + 1);
            }
            memory.putLong(data + 8, i * 1000L); // a read (type 0) from this sector
            if (indirect) {
                descriptor(TABLE + 16L * i, table, 16 * length, INDIRECT, 0);
            }
        }
        for (int i = 0; i < SIZE; i++) {
            memory.putShort(AVAIL + 4 + 2L * i, (short) (i % chains * perRequest));
        }
        queue = new Virtqueue(
                guest,
                new RingLayout(SIZE, TABLE, AVAIL, USED),
                RingFeatures.VERSION_1 | RingFeatures.EVENT_IDX | RingFeatures.INDIRECT_DESC,
                0);
    }

    private void descriptor(long at, long address, int length, int flags, int next) {
        memory.putLong(at, address);
        memory.putInt(at + 8, length);
        memory.putShort(at + 12, (short) flags);
        memory.putShort(at + 14, (short) next);
    }

    @TearDown(Level.Trial)
    public void close() {
        dirty.close();
        memory.close();
    }

    private void offer(int count) {
        offered += count;
        memory.putShortRelease(AVAIL + 2, (short) offered);
    }

    /** Takes requests, walks their chains, reads their headers, completes them and asks whether the driver is to be told. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public boolean serve() throws RingException {
        for (int done = 0; done < BATCH; done += chains) {
            offer(chains);
            while (queue.pop(chain)) {
                request.parse(guest, chain, config);
                queue.pushUsed(chain.head(), request.complete(BlockStatus.OK));
            }
            queue.publish();
        }
        return queue.shouldNotify();
    }

    /** Walks a chain and no more. */
    @Benchmark
    public long walk() throws RingException {
        queue.load(memory.getShort(AVAIL + 4) & 0xffff, chain);
        return chain.writable().bytes();
    }
}
