package org.kemari.link.internal;

import java.io.IOException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beginning of a TLS connection. How long it may take is limited by the connection's deadline for reads. */
final class TlsHandshake {
    private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);
    private static final int ALERT_ROUNDS = 3;

    private TlsHandshake() {}

    static void run(SSLEngine engine, TlsInput in, TlsOutput out) throws IOException {
        try {
            engine.beginHandshake();
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks(engine);
                    case NEED_WRAP -> out.writeHandshake();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> in.readHandshake();
                    default -> {
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            sendAlert(engine, out);
            throw e;
        }
    }

    /** The engine's work that may take longer, such as checking certificates, is done by the calling thread. */
    static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private static void sendAlert(SSLEngine engine, TlsOutput out) {
        for (int i = 0; i < ALERT_ROUNDS && !engine.isOutboundDone(); i++) {
            try {
                out.writeHandshake();
            } catch (SSLException e) {
                // the failure itself, again; the alert comes after it
                LOG.debug("While sending the alert", e);
            } catch (IOException e) {
                LOG.debug("The alert could not be sent", e);
                return;
            }
        }
    }
}
