package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * The sending half of a TLS connection. A record holds at most 16 KiB; many of them are gathered in one buffer and go to
 * the kernel together. Links that only ever send little keep a small buffer.
 */
final class TlsOutput {
    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};
    /** More than any record needs. */
    private static final int SMALL = 18 * 1024;

    private static final int LARGE = 256 * 1024;
    private static final int LARGE_WRITE = 16 * 1024;
    /** Rounds in which the engine neither takes nor gives anything, after which it is stuck. */
    private static final int IDLE_ROUNDS = 64;

    private final Connection connection;
    private final SSLEngine engine;
    private final ReentrantLock lock = new ReentrantLock();
    private ByteBuffer records = ByteBuffer.allocate(SMALL);

    TlsOutput(Connection connection, SSLEngine engine) {
        this.connection = connection;
        this.engine = engine;
    }

    void write(ByteBuffer[] sources) throws IOException {
        lock.lock();
        try {
            makeRoom(sources);
            int idle = 0;
            for (int first = 0; first < sources.length; ) {
                if (!sources[first].hasRemaining()) {
                    first++;
                    continue;
                }
                SSLEngineResult result = engine.wrap(sources, first, sources.length - first, records);
                switch (result.getStatus()) {
                    case OK -> {
                        boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
                        idle = moved ? 0 : idle + 1;
                        if (idle > IDLE_ROUNDS) {
                            throw new SSLException("TLS is stuck: " + result);
                        }
                        TlsHandshake.runTasks(engine);
                    }
                    case BUFFER_OVERFLOW -> flushOrGrow();
                    default -> throw new SSLException("the TLS connection is closed");
                }
            }
            flush();
        } finally {
            // after an error nothing of it may be sent later
            records.clear();
            lock.unlock();
        }
    }

    /** Sends one piece of the handshake, or an alert. */
    void writeHandshake() throws IOException {
        lock.lock();
        try {
            SSLEngineResult.Status status = engine.wrap(NOTHING, records).getStatus();
            while (status == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                flushOrGrow();
                status = engine.wrap(NOTHING, records).getStatus();
            }
            flush();
        } finally {
            records.clear();
            lock.unlock();
        }
    }

    /** Tells the other end that nothing more will come, unless another thread is sending. May block. */
    void farewell() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            engine.closeOutbound();
            while (!engine.isOutboundDone()) {
                SSLEngineResult result = engine.wrap(NOTHING, records.clear());
                flush();
                if (result.bytesProduced() == 0) {
                    return;
                }
            }
        } catch (IOException e) {
            // the connection is as good as closed, which is what was wanted
            return;
        } finally {
            records.clear();
            lock.unlock();
        }
    }

    private void makeRoom(ByteBuffer[] sources) {
        if (records.capacity() >= LARGE) {
            return;
        }
        long total = 0;
        for (ByteBuffer source : sources) {
            total += source.remaining();
        }
        if (total > LARGE_WRITE) {
            records = ByteBuffer.allocateDirect(LARGE);
        }
    }

    private void flushOrGrow() throws IOException {
        if (records.position() > 0) {
            flush();
        } else {
            records = ByteBuffer.allocate(2 * records.capacity());
        }
    }

    private void flush() throws IOException {
        connection.write(records.flip());
        records.clear();
    }
}
