package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets two engines of this host talk to each other before anybody else is there. The first handshake of a JVM takes some
 * hundred times as long as a later one, and until the compiler has had its turn, AES is about as much slower: a guest
 * would be paused for that.
 */
final class TlsWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(TlsWarmUp.class);
    private static final int HANDSHAKES = 3;
    private static final int HANDSHAKE_STEPS = 200;
    private static final int PIECE = 256 * 1024;
    private static final int PIECES = 256;
    private static final int BUFFER = 512 * 1024;

    private final ByteBuffer there = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer back = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER);
    private SSLEngine caller;
    private SSLEngine called;

    /** Takes at most about this long. */
    void run(TlsIdentity identity, String host, Duration most) {
        long begin = System.nanoTime();
        try {
            for (int i = 0; i < HANDSHAKES; i++) {
                handshake(identity, host);
            }
            int done = 0;
            ByteBuffer[] source = {ByteBuffer.allocateDirect(PIECE)};
            while (done < PIECES && System.nanoTime() - begin < most.toNanos()) {
                send(source);
                done++;
            }
            LOG.debug(
                    "TLS is warm after {} ms and {} KiB",
                    (System.nanoTime() - begin) / 1_000_000,
                    (long) done * PIECE / 1024);
        } catch (IOException | RuntimeException e) {
            // nothing depends on it; what is wrong will show itself when somebody connects
            LOG.debug("Warming up TLS failed", e);
        }
    }

    private void handshake(TlsIdentity identity, String host) throws IOException {
        caller = identity.engine(true, Optional.of(host));
        called = identity.engine(false, Optional.empty());
        there.clear();
        back.clear();
        caller.beginHandshake();
        called.beginHandshake();
        for (int i = 0; i < HANDSHAKE_STEPS && !(settled(caller) && settled(called)); i++) {
            step(caller, there, back);
            step(called, back, there);
        }
        // what came after the handshake proper
        back.flip();
        while (back.hasRemaining() && caller.unwrap(back, received.clear()).bytesConsumed() > 0) {
            continue;
        }
    }

    private static boolean settled(SSLEngine engine) {
        return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
    }

    private void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws IOException {
        TlsHandshake.runTasks(engine);
        switch (engine.getHandshakeStatus()) {
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            case NEED_UNWRAP -> {
                in.flip();
                engine.unwrap(in, received.clear());
                in.compact();
            }
            default -> TlsHandshake.runTasks(engine);
        }
    }

    private void send(ByteBuffer[] source) throws IOException {
        source[0].clear();
        there.clear();
        while (source[0].hasRemaining()) {
            caller.wrap(source, 0, 1, there);
        }
        there.flip();
        while (there.hasRemaining()) {
            if (called.unwrap(there, received.clear()).getStatus() != SSLEngineResult.Status.OK) {
                throw new IOException("a record came out wrong");
            }
        }
    }
}
