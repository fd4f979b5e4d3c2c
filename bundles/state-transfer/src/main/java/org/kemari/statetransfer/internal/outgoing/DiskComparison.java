package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.ExtentDigests;
import org.kemari.statetransfer.internal.wire.DiskExtents;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * Compares a disk with the standby's copy and sends what differs. Digests go out in batches, of which several are under
 * way; what the answers name is read again and sent in between. Long runs of zeroes are not asked about but sent as such,
 * which costs next to nothing on either side. Whatever is written meanwhile is marked by the tap, and follows in the next
 * round. One thread.
 */
final class DiskComparison implements AutoCloseable {
    /** Extents in one batch: 16 MiB of disk. */
    private static final int BATCH = 256;
    /** So many extents of zeroes end a batch. */
    private static final int ZERO_RUN = 16;

    /** A batch that was sent. */
    private record Question(long firstExtent, int count) {}

    private final DiskSource disk;
    private final PageFrames.Sink sink;
    private final Flusher flusher;
    private final DiskAnswers answers;
    private final LongConsumer advanced;
    private final ExtentDigests digests = new ExtentDigests();
    private final NativeMemory extent = NativeMemory.allocate(DiskExtents.EXTENT_BYTES);
    private final ByteBuffer batch = ByteBuffer.allocate(BATCH * DiskExtents.DIGEST_BYTES);
    private final Deque<Question> asked = new ArrayDeque<>();
    private final long count;
    private long batchFirst;
    private long zeroesFirst;

    /** Sends what the sink has gathered. */
    interface Flusher {
        void flush() throws IOException;
    }

    DiskComparison(DiskSource disk, PageFrames.Sink sink, Flusher flusher, DiskAnswers answers, LongConsumer advanced)
            throws IOException {
        this.disk = disk;
        this.sink = sink;
        this.flusher = flusher;
        this.answers = answers;
        this.advanced = advanced;
        this.count = DiskExtents.count(disk.sizeBytes());
    }

    void run() throws IOException {
        for (long number = 0; number < count; ) {
            long data =
                    Math.min(count, disk.file().nextData(number * DiskExtents.EXTENT_BYTES) / DiskExtents.EXTENT_BYTES);
            if (data - number >= ZERO_RUN) {
                flushBatch(number);
                batchFirst = data;
                advanced.accept((data - number) * DiskExtents.EXTENT_BYTES);
                number = data;
            } else {
                look(number++);
            }
            for (Optional<WireMessage.DiskDiffers> a = answers.poll(); a.isPresent(); a = answers.poll()) {
                send(a.get());
            }
        }
        flushBatch(count);
        sendZeroes(count);
        while (!asked.isEmpty()) {
            flusher.flush();
            send(answers.take());
        }
    }

    private int length(long number) {
        return (int) Math.min(DiskExtents.EXTENT_BYTES, disk.sizeBytes() - number * DiskExtents.EXTENT_BYTES);
    }

    /** Puts an extent into the batch. */
    private void look(long number) throws IOException {
        int length = length(number);
        disk.file().readFully(extent, 0, length, number * DiskExtents.EXTENT_BYTES);
        batch.put(digests.of(extent, 0, length));
        if (!batch.hasRemaining()) {
            flushBatch(number + 1);
        }
        advanced.accept(length);
    }

    /** Asks about the batch, which ends before this extent. Zeroes go before it, so that what is sent stays in order. */
    private void flushBatch(long end) throws IOException {
        if (batch.position() > 0) {
            sendZeroes(batchFirst);
            while (asked.size() >= DiskAnswers.WINDOW) {
                flusher.flush();
                send(answers.take());
            }
            asked.add(new Question(batchFirst, (int) (end - batchFirst)));
            sink.write(new WireMessage.DiskDigests(disk.index(), batchFirst, batch.flip()));
            batch.clear();
            zeroesFirst = end;
        }
        batchFirst = end;
    }

    private void sendZeroes(long end) throws IOException {
        disk.sendZeroes(
                zeroesFirst * DiskExtents.EXTENT_BYTES,
                Math.min(disk.sizeBytes(), end * DiskExtents.EXTENT_BYTES),
                sink);
        zeroesFirst = end;
    }

    private void send(WireMessage.DiskDiffers answer) throws IOException {
        Question question = asked.poll();
        ByteBuffer bits = answer.bits();
        if (question == null
                || answer.disk() != disk.index()
                || answer.firstExtent() != question.firstExtent()
                || bits.remaining() != (question.count() + 7) / 8) {
            throw new WireException("an answer about disk " + answer.disk() + " from extent " + answer.firstExtent()
                    + " that was not asked for");
        }
        for (int i = 0; i < question.count(); i += Byte.SIZE) {
            int left = Math.min(Byte.SIZE, question.count() - i);
            disk.sendExtents(question.firstExtent() + i, bits.get(i / 8) & 0xff >>> 8 - left, sink, sent -> {});
        }
    }

    @Override
    public void close() {
        extent.close();
    }
}
