package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Staging memory of one session, bounded. Chunks are made when they are first needed, reused, and given back to the
 * system when many are idle. Safe for use by many threads.
 */
final class ChunkPool implements AutoCloseable {
    private final String domain;
    private final int chunkBytes;
    private final int maxChunks;
    private final int keepIdle;
    private final Deque<Chunk> idle = new ArrayDeque<>();
    private int chunks;
    private boolean closed;

    /**
     * @param domain whose checkpoints
     * @param chunkBytes size of a chunk
     * @param limitBytes bound of all of them; at least one chunk
     * @param keepBytes how much is kept when idle
     */
    ChunkPool(String domain, int chunkBytes, long limitBytes, long keepBytes) {
        this.domain = domain;
        this.chunkBytes = chunkBytes;
        this.maxChunks = (int) Math.max(1, Math.min(Integer.MAX_VALUE, limitBytes / chunkBytes));
        this.keepIdle = (int) Math.max(1, keepBytes / chunkBytes);
    }

    int chunkBytes() {
        return chunkBytes;
    }

    int maxChunks() {
        return maxChunks;
    }

    long limitBytes() {
        return (long) maxChunks * chunkBytes;
    }

    /** The largest checkpoint that surely fits, although frames leave gaps at the ends of chunks. */
    long usableBytes() {
        return limitBytes() - limitBytes() / 8;
    }

    /** Memory held at present. */
    synchronized long bytes() {
        return (long) chunks * chunkBytes;
    }

    /**
     * Waits until there is a chunk, empty.
     *
     * @throws IOException if the pool is closed or the system has no memory
     */
    synchronized Chunk take() throws IOException {
        while (!closed && idle.isEmpty() && chunks >= maxChunks) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for staging memory", e);
            }
        }
        if (closed) {
            throw new IOException("the session is over");
        }
        Chunk chunk = idle.poll();
        if (chunk == null) {
            chunk = new Chunk(domain, chunkBytes);
            chunks++;
        }
        chunk.rewind(0);
        return chunk;
    }

    synchronized void give(Chunk chunk) {
        if (closed || idle.size() >= keepIdle) {
            chunk.free();
            chunks--;
        } else {
            idle.push(chunk);
        }
        notifyAll();
    }

    /** Frees what is idle now and what is given back later; ends all waiting. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(Chunk::free);
        chunks -= idle.size();
        idle.clear();
        notifyAll();
    }
}
