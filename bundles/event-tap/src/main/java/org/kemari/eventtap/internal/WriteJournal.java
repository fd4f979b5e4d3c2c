package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.ring.Segments;

/**
 * What runs ahead on one disk, in the order in which its execution begins, until the checkpoint that it belongs to has been
 * sent. Payloads are copied here before they are written, and written from here: both copies of the disk get the same
 * bytes, whatever the guest does to its memory meanwhile.
 *
 * <p>Bounded: a request runs ahead only if room for it could be {@linkplain #reserve reserved} when it was taken from its
 * ring. Guarded by the device's lock, but for {@link #copy}, {@link #addTo} and what {@link #forEach} shows: nobody changes
 * an entry before the {@linkplain #cut cut} until it has been sent.
 */
final class WriteJournal implements AutoCloseable {
    private static final int MOST_ENTRIES = 8192;
    private static final int ENTERED = 0;
    private static final int COPIED = 1;
    private static final int EXECUTED = 2;
    private static final int PIECE_BYTES = 1 << 20;
    /** So much of it, noted since the last cut, is worth a checkpoint. */
    private static final int CHECKPOINT_SHARE = 4;

    private final String disk;
    private final NativeMemory memory;
    private final BlockRequest.Type[] types = new BlockRequest.Type[MOST_ENTRIES];
    private final long[] offsets = new long[MOST_ENTRIES];
    private final long[] lengths = new long[MOST_ENTRIES];
    private final long[] positions = new long[MOST_ENTRIES];
    private final AtomicIntegerArray progress = new AtomicIntegerArray(MOST_ENTRIES);

    // Numbers of entries: first <= sent <= cut <= next. Those before the cut belong to the checkpoint that is under
    // way.
    private long first;
    private long sent;
    private long cut;
    private long next;
    // Bytes of payload ever freed, cut and used. Where something is in memory is the remainder.
    private long freed;
    private long cutAt;
    private long used;
    private long reservedBytes;
    private int reservedEntries;

    WriteJournal(String domain, String disk, long bytes) throws IOException {
        this.disk = disk;
        this.memory = NativeMemory.allocate(bytes).countFor(domain, "writes that ran ahead");
    }

    // ---- room ----

    /** Keeps room for a request, if there is any. */
    boolean reserve(BlockTask task) {
        long bytes = bytesOf(task.request);
        int entries = entriesOf(task.request);
        if (used - freed + reservedBytes + bytes > memory.size()
                || next - first + reservedEntries + entries > MOST_ENTRIES) {
            return false;
        }
        reservedBytes += bytes;
        reservedEntries += entries;
        task.ahead = true;
        return true;
    }

    /** Gives the room back of a request that does not run ahead after all. */
    void giveBack(BlockTask task) {
        reservedBytes -= bytesOf(task.request);
        reservedEntries -= entriesOf(task.request);
        task.ahead = false;
    }

    private static long bytesOf(BlockRequest request) {
        return request.type() == BlockRequest.Type.WRITE ? request.data().bytes() : 0;
    }

    private static int entriesOf(BlockRequest request) {
        return request.type() == BlockRequest.Type.FLUSH ? 1 : request.extents();
    }

    /** Whether so much has been noted since the cut that it should go soon. */
    boolean isWorthACheckpoint() {
        return used - cutAt > memory.size() / CHECKPOINT_SHARE || next - cut > MOST_ENTRIES / CHECKPOINT_SHARE;
    }

    // ---- what is executed ----

    /** Notes a request with room reserved, which begins to be executed now. */
    void enter(BlockTask task) {
        BlockRequest request = task.request;
        long bytes = bytesOf(request);
        giveBack(task);
        if (next == first) {
            // begin at the beginning as often as possible: the rest of the memory is never touched then
            freed = 0;
            used = 0;
            cutAt = 0;
        }
        if (request.type() == BlockRequest.Type.FLUSH) {
            append(request.type(), 0, 0, EXECUTED);
        }
        for (int i = 0; i < request.extents(); i++) {
            boolean payload = request.type() == BlockRequest.Type.WRITE;
            int index = append(
                    request.type(), request.extentOffset(i), request.extentLength(i), payload ? ENTERED : EXECUTED);
            task.entry = payload ? index : -1;
        }
        used += bytes;
    }

    private int append(BlockRequest.Type type, long offset, long length, int state) {
        int index = (int) (next % MOST_ENTRIES);
        types[index] = type;
        offsets[index] = offset;
        lengths[index] = length;
        positions[index] = used % memory.size();
        progress.set(index, state);
        next++;
        return index;
    }

    /** Copies the payload of a write that has been entered. Without the lock. */
    void copy(BlockTask task) {
        Segments data = task.request.data();
        long at = positions[task.entry];
        for (int i = 0; i < data.count(); i++) {
            long left = data.length(i);
            long from = data.offset(i);
            while (left > 0) {
                long part = Math.min(left, memory.size() - at);
                NativeMemory.copy(data.memory(i), from, memory, at, part);
                at = (at + part) % memory.size();
                from += part;
                left -= part;
            }
        }
        progress.set(task.entry, COPIED);
    }

    /** The copied payload, in two pieces at most, to be written. Without the lock. */
    void addTo(IoVectors vectors, BlockTask task) {
        long at = positions[task.entry];
        long part = Math.min(lengths[task.entry], memory.size() - at);
        vectors.add(memory, at, part);
        vectors.add(memory, 0, lengths[task.entry] - part);
    }

    /** A request that was entered has been executed, well or not: its payload is of no further use to it. */
    void executed(BlockTask task) {
        if (task.entry >= 0) {
            progress.set(task.entry, EXECUTED);
            task.entry = -1;
            reclaim();
        }
    }

    // ---- checkpoints ----

    /** What has been entered so far belongs to the checkpoint that is being taken. */
    void cut() {
        cut = next;
        cutAt = used;
    }

    /** Where the cut is; {@link #forEach} and {@link #free} take it. */
    long end() {
        return cut;
    }

    /** Whether the payloads before an end are here. */
    boolean isCopied(long end) {
        for (long i = sent; i < end; i++) {
            if (progress.get((int) (i % MOST_ENTRIES)) == ENTERED) {
                return false;
            }
        }
        return true;
    }

    /** Shows what was entered before an end and has not been sent. Without the lock, by one thread. */
    void forEach(long end, WrittenAhead.Visitor visitor) throws IOException {
        for (long i = sent; i < end; i++) {
            int index = (int) (i % MOST_ENTRIES);
            switch (types[index]) {
                case WRITE -> show(index, visitor);
                case FLUSH -> visitor.flushed(disk);
                default -> {
                    if (lengths[index] > 0) {
                        visitor.cleared(disk, offsets[index], lengths[index]);
                    }
                }
            }
        }
    }

    private void show(int index, WrittenAhead.Visitor visitor) throws IOException {
        long at = positions[index];
        for (long done = 0; done < lengths[index]; ) {
            int part = (int) Math.min(PIECE_BYTES, Math.min(lengths[index] - done, memory.size() - at));
            visitor.written(disk, offsets[index] + done, memory.buffer(at, part));
            at = (at + part) % memory.size();
            done += part;
        }
    }

    /** What was entered before an end has been sent. */
    void free(long end) {
        sent = Math.max(sent, end);
        reclaim();
    }

    private void reclaim() {
        for (; first < sent && progress.get((int) (first % MOST_ENTRIES)) == EXECUTED; first++) {
            int index = (int) (first % MOST_ENTRIES);
            freed += types[index] == BlockRequest.Type.WRITE ? lengths[index] : 0;
        }
    }

    /** Forgets everything. Nothing that was entered may be under way. */
    void clear() {
        first = next;
        sent = next;
        cut = next;
        freed = used;
        cutAt = used;
    }

    @Override
    public void close() {
        memory.close();
    }
}
