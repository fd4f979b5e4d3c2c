package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.3, both sides authenticated by certificates. The stores are watched: what is new there holds for the connections
 * to come; if it cannot be used, what was there before does.
 */
final class TlsSecurity implements Security {
    private static final Logger LOG = LoggerFactory.getLogger(TlsSecurity.class);
    private static final Duration LAST_WORDS = Duration.ofMillis(300);
    private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);
    private static final long WARN_MILLIS = TimeUnit.DAYS.toMillis(30);
    private static final String WHAT_TO_DO =
            "; ./kemari certs makes certificates, and etc/org.kemari.link.cfg tells where they are";

    private final String host;
    private final TlsSettings settings;
    private final Duration watchPeriod;
    private final Duration warmUp;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread watcher = new Thread(this::watch, "kemari-link-stores");
    private volatile State state;
    private volatile Optional<String> problem = Optional.empty();
    private String lastSeen;
    private long lastReminder = System.nanoTime() - DAY_NANOS;

    /** Either an identity, or the reason why there is none. */
    private record State(Optional<TlsIdentity> identity, String reason) {}

    /**
     * Reads the stores and begins to watch them.
     *
     * @param host name of this host
     * @param warmUp how long to exercise TLS first, at most; zero: not at all
     */
    TlsSecurity(String host, TlsSettings settings, Duration watchPeriod, Duration warmUp) {
        this(host, settings, watchPeriod, warmUp, Optional.empty());
    }

    /** @param before what is in force until the stores of these settings can be used */
    TlsSecurity(
            String host, TlsSettings settings, Duration watchPeriod, Duration warmUp, Optional<TlsIdentity> before) {
        this.host = host;
        this.settings = settings;
        this.watchPeriod = watchPeriod;
        this.warmUp = warmUp;
        this.state = new State(before, "no certificate has been read yet");
        this.lastSeen = StoreFiles.fingerprint(settings.files());
        load();
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch() {
        if (!warmUp.isZero()) {
            state.identity().ifPresent(identity -> new TlsWarmUp().run(identity, host, warmUp));
        }
        try {
            String before = lastSeen;
            while (!closing.await(watchPeriod.toNanos(), TimeUnit.NANOSECONDS)) {
                String now = StoreFiles.fingerprint(settings.files());
                // two looks alike: nobody is in the middle of writing
                if (now.equals(before) && !now.equals(lastSeen)) {
                    lastSeen = now;
                    load();
                }
                before = now;
                remind();
            }
        } catch (InterruptedException e) {
            LOG.debug("The watch over the stores was interrupted", e);
        }
    }

    private void load() {
        try {
            TlsIdentity identity = TlsIdentity.load(host, settings);
            state = new State(Optional.of(identity), "");
            problem = Optional.empty();
            LOG.info("Links between hosts use TLS 1.3: {}; CAs in {}", identity, settings.trustStore());
            settings.files().forEach(TlsSecurity::complainIfReadable);
        } catch (IOException e) {
            problem = Optional.of(e.getMessage());
            if (state.identity().isPresent()) {
                LOG.warn(
                        "{}: the certificates have changed and cannot be used, the ones before stay: {}",
                        LinkConfig.PID,
                        e.getMessage());
            } else {
                String reason = "this host makes no links: " + e.getMessage() + WHAT_TO_DO;
                LOG.error("There are no links between hosts: {}{}", e.getMessage(), WHAT_TO_DO);
                state = new State(Optional.empty(), reason);
            }
            LOG.debug("Reading the stores failed", e);
        }
    }

    private static void complainIfReadable(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!file.getFileName().toString().startsWith("ca")
                    && permissions.contains(PosixFilePermission.OTHERS_READ)) {
                LOG.warn("Everybody on this machine can read {}: chmod 600 {}", file, file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("The permissions of {} cannot be read", file, e);
        }
    }

    /** Once a day, in time. */
    private void remind() {
        Optional<TlsIdentity> identity = state.identity();
        if (identity.isPresent() && System.nanoTime() - lastReminder >= DAY_NANOS) {
            lastReminder = System.nanoTime();
            if (identity.get().validUntil().getTime() - System.currentTimeMillis() < WARN_MILLIS) {
                LOG.warn(
                        "The certificate of this host ends on {}: make a new one with ./kemari certs host DIR {} --renew,"
                                + " and put it into {}; no restart is needed",
                        Times.text(identity.get().validUntil()),
                        host,
                        settings.keyStore());
            }
        }
    }

    /** What is in force, also if it is out of date. */
    private TlsIdentity identity() throws SecurityRefusal {
        State now = state;
        return now.identity().orElseThrow(() -> new SecurityRefusal(now.reason()));
    }

    /** What is in force, for settings that come after these. */
    Optional<TlsIdentity> inForce() {
        return state.identity();
    }

    @Override
    public Optional<String> problem() {
        return problem;
    }

    @Override
    public void ready() throws SecurityRefusal {
        identity().requireValid();
    }

    @Override
    public Wire dialled(Connection connection, String peer) throws IOException {
        TlsIdentity identity = identity();
        identity.requireValid();
        try {
            return new TlsWire(connection, identity.engine(true, Optional.of(peer)));
        } catch (IOException e) {
            lastWords(connection, e);
            throw TlsProblems.explain(e, "host " + peer, identity.toString());
        }
    }

    @Override
    public Wire called(Connection connection) throws IOException {
        TlsIdentity identity = identity();
        try {
            return new TlsWire(connection, identity.engine(false, Optional.empty()));
        } catch (TlsInput.PlainTextException e) {
            // the one case in which the other end understands us only if we speak in clear text, too
            IOException reason = TlsProblems.explain(e, "the caller", "");
            String answer = "host " + host + " takes TLS only: set security = tls in etc/org.kemari.link.cfg here";
            connection.write(ByteBuffer.wrap(PreambleReply.refused(answer).encode()));
            connection.linger(LAST_WORDS);
            throw reason;
        } catch (IOException e) {
            lastWords(connection, e);
            String own = identity.toString();
            try {
                identity.requireValid();
            } catch (SecurityRefusal expired) {
                own = "certificate, because it is out of date: " + expired.getMessage();
            }
            throw TlsProblems.explain(e, "the caller", own);
        }
    }

    /** Only an error of TLS has an alert under way. */
    private static void lastWords(Connection connection, IOException e) {
        if (e instanceof SSLException) {
            connection.linger(LAST_WORDS);
        }
    }

    @Override
    public IOException explain(IOException error, String peer) {
        if (!(error instanceof SSLException)) {
            return error;
        }
        return TlsProblems.explain(
                error,
                "host " + peer,
                state.identity().map(TlsIdentity::toString).orElse("certificate"));
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
