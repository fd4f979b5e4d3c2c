package org.kemari.arbiterzookeeper.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * One session with one server, used until its connection ends for the first time. Requests are carried out in the order
 * in which they are made. Safe for use by many threads.
 */
final class Session {
    /** No znode has this version: a write that expects it goes through the quorum and changes nothing. */
    private static final int NO_VERSION = Integer.MAX_VALUE;

    /**
     * The answer to a request.
     *
     * @param code how it went; never one that leaves it open whether it was done
     * @param data of the znode, after a read that found it
     * @param version of the znode's data, after a read that found it
     */
    record Reply(Code code, byte[] data, int version) {}

    /** What the library answers later. */
    private static final class Answer {
        private final CompletableFuture<Reply> future = new CompletableFuture<>();

        void done(int rc) {
            future.complete(new Reply(code(rc), new byte[0], -1));
        }

        void found(int rc, byte[] data, Stat stat) {
            boolean there = stat != null && rc == Code.OK.intValue();
            future.complete(
                    new Reply(code(rc), there && data != null ? data : new byte[0], there ? stat.getVersion() : -1));
        }

        private static Code code(int rc) {
            Code code = Code.get(rc);
            return code == null ? Code.SYSTEMERROR : code;
        }
    }

    /** The library's client; the only way to end it without one more word to the server is to derive from it. */
    @SuppressWarnings("try") // its close() may be interrupted; nothing here closes it in a try
    private static final class Client extends ZooKeeper {
        Client(String server, int sessionMillis, Watcher watcher, ZKClientConfig config) throws IOException {
            super(server, sessionMillis, watcher, config);
        }

        void disconnect() {
            cnxn.disconnect();
        }
    }

    private final ServerAddress server;
    private final List<ACL> acl;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final AtomicBoolean dropped = new AtomicBoolean();
    private final Client client;

    private Session(ServerAddress server, EnsembleSettings settings) throws IOException {
        this.server = server;
        this.acl = settings.restricted() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
        this.client = new Client(
                server.toString(),
                Math.toIntExact(settings.sessionTimeout().toMillis()),
                this::happened,
                ClientConfig.of(settings));
        settings.login()
                .ifPresent(login -> client.addAuthInfo(
                        "digest", (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8)));
    }

    /** Opens a session and waits until it is there. */
    static Session open(ServerAddress server, EnsembleSettings settings, long patienceNanos)
            throws IOException, LostException, InterruptedException {
        Session session = new Session(server, settings);
        try {
            CompletableFuture.anyOf(session.connected, session.lost).get(patienceNanos, TimeUnit.NANOSECONDS);
            if (session.lost.isDone()) {
                throw new LostException(session.lost.getNow(""));
            }
            return session;
        } catch (TimeoutException e) {
            session.drop("it does not answer");
            throw new LostException("it does not answer");
        } catch (ExecutionException e) {
            session.drop("it was not opened");
            throw new IllegalStateException("a future that never fails has failed", e);
        } catch (LostException | InterruptedException e) {
            session.drop("it was not opened");
            throw e;
        }
    }

    private void happened(WatchedEvent event) {
        if (event.getState() == null) {
            // how the library tells that SASL could not even be begun
            lost.complete("the authentication cannot be made");
            return;
        }
        switch (event.getState()) {
            case SyncConnected -> connected.complete(null);
            case Disconnected -> lost.complete(
                    connected.isDone() ? "the connection has ended" : "there is no connection with it");
            case AuthFailed -> lost.complete("it refuses the authentication");
            case Expired, Closed -> lost.complete("the session has ended");
            default -> {
                // authenticated over SASL: requests have waited for it
            }
        }
    }

    ServerAddress server() {
        return server;
    }

    /** Why this session must not be used any more; empty as long as it may be. */
    Optional<String> lost() {
        return Optional.ofNullable(lost.getNow(null));
    }

    /** Is told once when the session is lost. */
    void whenLost(Runnable action) {
        lost.thenRun(action);
    }

    /** Reads what this server has, which may be old. */
    Reply get(String path, long deadlineNanos) throws LostException, InterruptedException {
        Answer answer = new Answer();
        client.getData(path, false, (rc, p, c, data, stat) -> answer.found(rc, data, stat), null);
        return await(answer, deadlineNanos);
    }

    /** Reads what this server has after it has caught up with the leader. */
    Reply syncAndGet(String path, long deadlineNanos) throws LostException, InterruptedException {
        Answer synced = new Answer();
        client.sync(path, (rc, p, c) -> synced.done(rc), null);
        Reply reply = get(path, deadlineNanos);
        await(synced, deadlineNanos);
        return reply;
    }

    /** Reads what is there after a write, which changes nothing, has gone through the quorum. */
    Reply confirmAndGet(String root, String path, long deadlineNanos) throws LostException, InterruptedException {
        Answer confirmed = new Answer();
        client.setData(root, new byte[0], NO_VERSION, (rc, p, c, stat) -> confirmed.done(rc), null);
        Reply reply = get(path, deadlineNanos);
        Code code = await(confirmed, deadlineNanos).code();
        if (code != Code.BADVERSION && code != Code.NOAUTH && code != Code.NONODE) {
            drop("it answers a write that cannot be made with " + code);
            throw new LostException("ZooKeeper server " + server + " answers a write that cannot be made with " + code);
        }
        return reply;
    }

    Reply set(String path, byte[] data, int version, long deadlineNanos) throws LostException, InterruptedException {
        Answer answer = new Answer();
        client.setData(path, data, version, (rc, p, c, stat) -> answer.done(rc), null);
        return await(answer, deadlineNanos);
    }

    Reply create(String path, byte[] data, long deadlineNanos) throws LostException, InterruptedException {
        Answer answer = new Answer();
        client.create(path, data, acl, CreateMode.PERSISTENT, (rc, p, c, name) -> answer.done(rc), null);
        return await(answer, deadlineNanos);
    }

    private Reply await(Answer answer, long deadlineNanos) throws LostException, InterruptedException {
        Reply reply;
        try {
            reply = answer.future.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            drop("an answer is late");
            throw new LostException("ZooKeeper server " + server + " has not answered in time");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a future that never fails has failed", e);
        }
        return switch (reply.code()) {
            case CONNECTIONLOSS,
                    OPERATIONTIMEOUT,
                    REQUESTTIMEOUT,
                    SESSIONEXPIRED,
                    SESSIONMOVED,
                    SESSIONCLOSEDREQUIRESASLAUTH,
                    AUTHFAILED -> {
                drop("a request has ended with " + reply.code());
                throw new LostException(
                        "the session with ZooKeeper server " + server + " has ended (" + reply.code() + ")");
            }
            default -> reply;
        };
    }

    /** Ends the session without a further word to the server, and at once: the library's threads may take their time. */
    void drop(String reason) {
        lost.complete(reason);
        if (!dropped.compareAndSet(false, true)) {
            return;
        }
        Thread dropper = new Thread(client::disconnect, "kemari-arbiter-zookeeper-drop");
        dropper.setDaemon(true);
        dropper.start();
    }

    /** Takes leave of the server, so that it does not wait for us. */
    void close(long patienceMillis) throws InterruptedException {
        boolean usable = lost.complete("it was closed");
        if (usable) {
            Thread closer = new Thread(this::leave, "kemari-arbiter-zookeeper-close");
            closer.setDaemon(true);
            closer.start();
            closer.join(patienceMillis);
        }
        drop("it was closed");
    }

    private void leave() {
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
