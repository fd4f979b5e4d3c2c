package org.kemari.eventtap.internal;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;

/** A block driver in a test guest: makes requests in the rings of a {@link FrontEnd} and collects what is completed. */
final class GuestDisk {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int FLUSH = 4;
    static final int GET_ID = 8;
    static final int DISCARD = 11;
    static final int WRITE_ZEROES = 13;

    /** A request that was submitted. */
    record Sent(int ring, int head, long data, int length, long status) {}

    private final FrontEnd front;
    private final Map<String, Long> done = new HashMap<>();
    private long next;

    /** @param buffers guest address from which on memory is free for buffers */
    GuestDisk(FrontEnd front, long buffers) {
        this.front = front;
        this.next = buffers;
    }

    Sent write(int ring, long sector, byte[] data) throws IOException {
        long at = allocate(data.length);
        front.ram.copyFrom(front.at(at), java.nio.ByteBuffer.wrap(data));
        return submit(ring, WRITE, sector, List.of(Buffer.readable(at, data.length)), at, data.length);
    }

    Sent read(int ring, long sector, int length) throws IOException {
        long at = allocate(length);
        return submit(ring, READ, sector, List.of(Buffer.writable(at, length)), at, length);
    }

    Sent flush(int ring) throws IOException {
        return submit(ring, FLUSH, 0, List.of(), 0, 0);
    }

    Sent ranges(int ring, int type, long sector, int sectors, int flags) throws IOException {
        long at = allocate(16);
        front.ram.putLong(front.at(at), sector);
        front.ram.putInt(front.at(at) + 8, sectors);
        front.ram.putInt(front.at(at) + 12, flags);
        return submit(ring, type, 0, List.of(Buffer.readable(at, 16)), at, 16);
    }

    Sent submit(int ring, int type, long sector, List<Buffer> data, long at, int length) throws IOException {
        List<Buffer> buffers = new ArrayList<>();
        long status = frame(buffers, type, sector, data);
        DriverRing driver = front.rings.get(ring);
        int head = driver.add(buffers);
        return show(ring, new Sent(ring, head, at, length, status));
    }

    Sent submitIndirect(int ring, int type, long sector, List<Buffer> data, long at, int length) throws IOException {
        List<Buffer> buffers = new ArrayList<>();
        long status = frame(buffers, type, sector, data);
        int head = front.rings.get(ring).addIndirect(allocate(16 * buffers.size()), buffers);
        return show(ring, new Sent(ring, head, at, length, status));
    }

    private long frame(List<Buffer> buffers, int type, long sector, List<Buffer> data) {
        long header = allocate(16);
        front.ram.putInt(front.at(header), type);
        front.ram.putInt(front.at(header) + 4, 0);
        front.ram.putLong(front.at(header) + 8, sector);
        long status = allocate(1);
        front.ram.putByte(front.at(status), (byte) 0xee);
        buffers.add(Buffer.readable(header, 16));
        buffers.addAll(data);
        buffers.add(Buffer.writable(status, 1));
        return status;
    }

    private Sent show(int ring, Sent sent) throws IOException {
        done.remove(key(ring, sent.head()));
        if (front.rings.get(ring).show()) {
            front.kick(ring);
        }
        return sent;
    }

    long allocate(int bytes) {
        long at = next;
        next += (bytes + 63) & ~63;
        return at;
    }

    private static String key(int ring, int head) {
        return ring + "/" + head;
    }

    /** Takes what has been completed. */
    void reap(int ring) {
        DriverRing driver = front.rings.get(ring);
        for (var used = driver.poll(); used.isPresent(); used = driver.poll()) {
            String key = key(ring, used.get().head());
            if (done.put(key, used.get().length()) != null) {
                throw new AssertionError("completed twice: " + key);
            }
        }
    }

    /** Whether a request has been completed. */
    boolean isDone(Sent sent) {
        reap(sent.ring());
        return done.containsKey(key(sent.ring(), sent.head()));
    }

    /** Waits for the completion and returns the status. */
    int status(Sent sent) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(10))
                .until(() -> isDone(sent));
        return front.ram.getByte(front.at(sent.status())) & 0xff;
    }

    long usedLength(Sent sent) {
        return done.get(key(sent.ring(), sent.head()));
    }

    byte[] data(Sent sent) {
        byte[] bytes = new byte[sent.length()];
        front.ram.copyTo(front.at(sent.data()), java.nio.ByteBuffer.wrap(bytes));
        return bytes;
    }
}
