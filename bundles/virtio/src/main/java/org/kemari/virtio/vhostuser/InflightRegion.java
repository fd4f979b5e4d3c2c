package org.kemari.virtio.vhostuser;

import java.io.IOException;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;

/**
 * Shared memory in which a device notes what it has taken from its rings, so that a later incarnation of it can go on
 * (vhost-user, "Inflight I/O tracking", split rings). The front-end keeps the descriptor while there is no device.
 */
public final class InflightRegion implements AutoCloseable {
    private static final int QUEUE_ALIGNMENT = 64;

    private final Fd file;
    private final long offset;
    private final NativeMemory memory;
    private final InflightQueue[] queues;

    private InflightRegion(Fd file, long offset, NativeMemory memory, int queueCount, int queueSize) {
        this.file = file;
        this.offset = offset;
        this.memory = memory;
        queues = new InflightQueue[queueCount];
        for (int i = 0; i < queueCount; i++) {
            queues[i] = new InflightQueue(memory, i * queueBytes(queueSize), queueSize);
        }
    }

    private static long queueBytes(int queueSize) {
        long bytes = InflightQueue.bytes(queueSize);
        return (bytes + QUEUE_ALIGNMENT - 1) / QUEUE_ALIGNMENT * QUEUE_ALIGNMENT;
    }

    /** New memory with nothing in flight. */
    public static InflightRegion create(int queues, int queueSize) throws IOException {
        long bytes = queues * queueBytes(queueSize);
        Fd file = Fd.memfd("kemari-inflight", bytes);
        try {
            return new InflightRegion(file, 0, NativeMemory.map(file, 0, bytes, true), queues, queueSize);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Memory that the front-end kept. Takes the message's descriptor over, also if it fails.
     *
     * @throws VhostUserException if it is too small for the queues, or not of this layout
     */
    public static InflightRegion of(VhostUserMessage.SetInflightFd message) throws IOException {
        Fd file = message.file();
        try {
            long bytes = message.queues() * queueBytes(message.queueSize());
            if (message.mmapSize() < bytes || file.size() - message.mmapOffset() < bytes) {
                throw new VhostUserException("in-flight memory of " + message.mmapSize() + " bytes, file of "
                        + file.size() + ", too small for " + message.queues() + " queues of " + message.queueSize());
            }
            NativeMemory memory = NativeMemory.map(file, message.mmapOffset(), bytes, true);
            InflightRegion region =
                    new InflightRegion(file, message.mmapOffset(), memory, message.queues(), message.queueSize());
            try {
                for (InflightQueue queue : region.queues) {
                    queue.check();
                }
            } catch (VhostUserException e) {
                memory.close();
                throw e;
            }
            return region;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Number of queues. */
    public int queues() {
        return queues.length;
    }

    /** One queue. */
    public InflightQueue queue(int index) {
        return queues[index];
    }

    /** The shared file; remains this region's. */
    public Fd file() {
        return file;
    }

    /** Where the region begins in the file. */
    public long offset() {
        return offset;
    }

    /** Its length in bytes. */
    public long size() {
        return memory.size();
    }

    /** Unmaps the memory and closes the file; nobody may use a queue any more. */
    @Override
    public void close() {
        memory.close();
        file.close();
    }
}
