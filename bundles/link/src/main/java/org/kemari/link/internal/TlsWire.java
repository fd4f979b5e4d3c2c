package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;

/** Bytes through TLS. */
final class TlsWire implements Wire {
    /** What a farewell may take: it is courtesy, and must not hold up a host that has something to do. */
    private static final long FAREWELL_MILLIS = 500;

    private final Connection connection;
    private final TlsInput in;
    private final TlsOutput out;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<String> names;

    /** Makes the handshake; afterwards the other end has a certificate that the engine's trust manager has accepted. */
    TlsWire(Connection connection, SSLEngine engine) throws IOException {
        this.connection = connection;
        this.in = new TlsInput(connection, engine);
        this.out = new TlsOutput(connection, engine);
        TlsHandshake.run(engine, in, out);
        this.names = CertificateNames.of(engine.getSession().getPeerCertificates()[0]);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return in.read(target);
    }

    @Override
    public void write(ByteBuffer... sources) throws IOException {
        out.write(sources);
    }

    @Override
    public void confirm(String host) throws PreambleException {
        if (!names.contains(host)) {
            throw new PreambleException("the caller says that it is host " + host + ", but its certificate is for "
                    + CertificateNames.text(names) + ": give it a certificate of its own (./kemari certs host DIR "
                    + host
                    + ")");
        }
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            // on a thread that can be left behind: the kernel may have no room for the last record
            Thread farewell = new Thread(out::farewell, "kemari-link-farewell");
            farewell.setDaemon(true);
            farewell.start();
            farewell.join(FAREWELL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
        }
    }
}
