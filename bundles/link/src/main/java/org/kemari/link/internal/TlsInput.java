package org.kemari.link.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * The receiving half of a TLS connection. Records are decrypted straight into the reader's buffer where it has the room;
 * otherwise by way of a buffer of one record.
 */
final class TlsInput {
    private static final int SMALL = 18 * 1024;
    private static final int LARGE = 256 * 1024;
    private static final int LARGE_READ = 64 * 1024;
    private static final int IDLE_ROUNDS = 64;

    private final Connection connection;
    private final SSLEngine engine;
    /** What has come and is not yet decrypted: from position to limit. */
    private ByteBuffer records = ByteBuffer.allocate(SMALL).flip();
    /** What is decrypted and not yet read: from position to limit. */
    private ByteBuffer plain = ByteBuffer.allocate(SMALL).flip();

    TlsInput(Connection connection, SSLEngine engine) {
        this.connection = connection;
        this.engine = engine;
    }

    /** Reads at least one byte; -1 if the other end has said that it sends no more. */
    int read(ByteBuffer target) throws IOException {
        if (plain.hasRemaining()) {
            return drain(target);
        }
        if (target.remaining() >= LARGE_READ && records.capacity() < LARGE) {
            records = ByteBuffer.allocateDirect(LARGE).put(records).flip();
        }
        int idle = 0;
        while (true) {
            if (!records.hasRemaining()) {
                fill();
            }
            int before = target.position();
            int unread = records.remaining();
            SSLEngineResult.Status status = engine.unwrap(records, target).getStatus();
            if (status == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                // the engine says so before it has looked whether the record is there at all
                status = unwrapAside();
            }
            if (target.position() > before) {
                return target.position() - before;
            }
            if (plain.hasRemaining()) {
                return drain(target);
            }
            if (status == SSLEngineResult.Status.CLOSED || engine.isInboundDone()) {
                return -1;
            }
            if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                fill();
                continue;
            }
            // tickets and changes of keys come between the data
            idle = records.remaining() < unread ? 0 : idle + 1;
            if (idle > IDLE_ROUNDS) {
                throw new SSLException("TLS is stuck: " + engine.getHandshakeStatus());
            }
            TlsHandshake.runTasks(engine);
        }
    }

    /** Takes in one piece of the handshake. */
    void readHandshake() throws IOException {
        if (!records.hasRemaining()) {
            fill();
        }
        int first = records.get(records.position());
        if (first == 'K') {
            throw new PlainTextException();
        }
        switch (unwrapAside()) {
            case BUFFER_UNDERFLOW -> fill();
            case CLOSED -> throw new EOFException("the other end has ended the TLS connection");
            default -> {
                if (plain.hasRemaining()) {
                    throw new SSLException("data came before the handshake was done");
                }
            }
        }
    }

    private SSLEngineResult.Status unwrapAside() throws IOException {
        SSLEngineResult result = engine.unwrap(records, plain.clear());
        while (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            plain = ByteBuffer.allocate(2 * plain.capacity());
            result = engine.unwrap(records, plain);
        }
        plain.flip();
        return result.getStatus();
    }

    private int drain(ByteBuffer target) {
        int n = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), n);
        target.position(target.position() + n);
        plain.position(plain.position() + n);
        return n;
    }

    private void fill() throws IOException {
        records.compact();
        if (!records.hasRemaining()) {
            // a record that is longer than any this end has heard of
            records.flip();
            records = ByteBuffer.allocate(2 * records.capacity()).put(records);
        }
        try {
            if (connection.read(records) < 0) {
                throw new EOFException("the connection was cut off: it ended without the end that TLS prescribes");
            }
        } finally {
            records.flip();
        }
    }

    /** The other end speaks Kemari's protocol, but not TLS. */
    static final class PlainTextException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
