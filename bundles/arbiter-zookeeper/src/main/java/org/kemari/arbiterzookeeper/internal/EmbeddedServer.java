package org.kemari.arbiterzookeeper.internal;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.jmx.MBeanRegistry;
import org.apache.zookeeper.jmx.ZKMBeanInfo;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running ZooKeeper server: one alone, with every change synced to its disk before it is answered. */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);

    private static final int MAX_CLIENTS_PER_ADDRESS = 100;
    private static final int BACKLOG = 100;
    private static final int SHORTEST_SESSION_TICKS = 2;
    private static final int LONGEST_SESSION_TICKS = 20;
    private static final int SNAPSHOTS_KEPT = 3;
    private static final int PURGE_HOURS = 24;
    private static final long LOG_STEP_BYTES = 1 << 20;

    private final FileTxnSnapLog files;
    private final Server server;
    private final NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
    private final DatadirCleanupManager cleanup;

    /** A server that tells when it cannot go on. */
    private static final class Server extends ZooKeeperServer {
        private final CompletableFuture<Void> failed = new CompletableFuture<>();

        Server(FileTxnSnapLog files, int tickMillis) {
            super(
                    files,
                    tickMillis,
                    SHORTEST_SESSION_TICKS * tickMillis,
                    LONGEST_SESSION_TICKS * tickMillis,
                    BACKLOG,
                    null,
                    "");
        }

        @Override
        protected void setState(State state) {
            super.setState(state);
            // not yet there while the constructor of the library's class runs
            if (state == State.ERROR && failed != null) {
                failed.complete(null);
            }
        }
    }

    /** Keeps the server's own MBeans, one for each of its clients, away from ours. */
    private static final class NoMBeans extends MBeanRegistry {
        @Override
        public void register(ZKMBeanInfo bean, ZKMBeanInfo parent) {
            LOG.trace("No MBean for {}", bean.getName());
        }

        @Override
        public void unregister(ZKMBeanInfo bean) {
            LOG.trace("No MBean for {}", bean.getName());
        }
    }

    private EmbeddedServer(ServerSettings settings, FileTxnSnapLog files) {
        this.files = files;
        this.server = new Server(files, Math.toIntExact(settings.tickTime().toMillis()));
        File directory = settings.dataDirectory().toFile();
        this.cleanup = new DatadirCleanupManager(directory, directory, SNAPSHOTS_KEPT, PURGE_HOURS);
    }

    /**
     * Starts a server with the records that it had before.
     *
     * @throws IOException if it cannot use its directory or its address
     */
    static EmbeddedServer start(ServerSettings settings) throws IOException, InterruptedException {
        MBeanRegistry.setInstance(new NoMBeans());
        // the library would end the whole Java process; we are told by the server's state as well
        ServiceUtils.setSystemExitProcedure(
                code -> LOG.error("The ZooKeeper server cannot go on (its exit code would be {})", code));
        FileTxnLog.setPreallocSize(LOG_STEP_BYTES);
        System.setProperty("zookeeper.forceSync", "yes");
        settings.superPassword()
                .ifPresent(password -> System.setProperty(
                        "zookeeper.DigestAuthenticationProvider.superDigest", digest("super", password)));
        Files.createDirectories(settings.dataDirectory());
        File directory = settings.dataDirectory().toFile();
        EmbeddedServer embedded = new EmbeddedServer(settings, new FileTxnSnapLog(directory, directory));
        try {
            embedded.listen(settings.clientAddress());
        } catch (IOException | InterruptedException | RuntimeException e) {
            embedded.close();
            throw e;
        }
        return embedded;
    }

    private void listen(ServerAddress address) throws IOException, InterruptedException {
        connections.configure(
                new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                MAX_CLIENTS_PER_ADDRESS,
                BACKLOG,
                false);
        connections.startup(server);
        cleanup.start();
    }

    /** Done when the server cannot go on: its disk is full, or broken. */
    CompletableFuture<Void> failed() {
        return server.failed;
    }

    /** The library's own form of a user and its password. */
    private static String digest(String user, String password) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA1").digest((user + ":" + password).getBytes(StandardCharsets.UTF_8));
            return user + ":" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    @Override
    public void close() {
        cleanup.shutdown();
        connections.shutdown();
        server.shutdown();
        try {
            files.close();
        } catch (IOException e) {
            LOG.warn("The ZooKeeper server's files cannot be closed: {}", e.toString());
        }
    }
}
