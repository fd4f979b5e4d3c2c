package org.kemari.arbiterzookeeper.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.ArbiterState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session open with one of the servers: whenever the session is lost, the next server is tried at once. The
 * session is used every second, so that a loss is noticed before it is needed, and so that nothing is used for the first
 * time in the middle of a takeover.
 */
final class Connection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final Duration CHECK_PERIOD = Duration.ofSeconds(1);
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final EnsembleSettings settings;
    private final List<ServerAddress> servers;
    private final Thread keeper;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // all of the following are guarded by the lock
    private Optional<Session> session = Optional.empty();
    private ArbiterState state;
    private boolean closed;

    Connection(EnsembleSettings settings) {
        this.settings = settings;
        // hosts that have the same line of servers spread over them
        this.servers = new ArrayList<>(settings.servers());
        Collections.shuffle(servers);
        this.state = new ArbiterState(false, "connecting with ZooKeeper at " + names(), System.currentTimeMillis());
        this.keeper = new Thread(this::keep, "kemari-arbiter-zookeeper");
        keeper.setDaemon(true);
        // login modules are looked for there
        keeper.setContextClassLoader(Connection.class.getClassLoader());
        keeper.start();
    }

    /**
     * Waits until there is a session.
     *
     * @param deadlineNanos on the clock of {@link System#nanoTime}
     * @throws ArbiterException if there is none in time
     */
    Session await(long deadlineNanos) throws ArbiterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Session> usable = session.filter(s -> s.lost().isEmpty());
                if (usable.isPresent()) {
                    return usable.get();
                }
                if (closed || servers.isEmpty() || changed.awaitNanos(deadlineNanos - System.nanoTime()) <= 0) {
                    throw new ArbiterException("the arbiter cannot be reached: "
                            + (state.reachable() ? "the connection with ZooKeeper was lost just now" : state.reason()));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    ArbiterState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        int turn = 0;
        int failures = 0;
        try {
            while (!servers.isEmpty() && !isClosed()) {
                ServerAddress server = servers.get(turn++ % servers.size());
                Optional<Session> opened = open(server);
                if (opened.isPresent()) {
                    failures = 0;
                    use(opened.get());
                } else if (++failures % servers.size() == 0) {
                    pause(Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS * (failures / servers.size())));
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted: the connection is being closed");
        }
    }

    private Optional<Session> open(ServerAddress server) throws InterruptedException {
        Session fresh = null;
        try {
            fresh = Session.open(server, settings, settings.requestTimeout().toNanos() / 2);
            Rehearsal.of(fresh, settings);
            return Optional.of(fresh);
        } catch (LostException e) {
            failed(fresh, server, e.getMessage());
        } catch (java.io.IOException | RuntimeException e) {
            // wrong key stores and the like; they may be replaced while we try again
            failed(fresh, server, e.toString());
        }
        return Optional.empty();
    }

    private void failed(Session fresh, ServerAddress server, String reason) {
        if (fresh != null) {
            fresh.drop(reason);
        }
        LOG.debug("ZooKeeper server {}: {}", server, reason);
        lock.lock();
        try {
            if (!state.reachable()) {
                state = new ArbiterState(
                        false,
                        "no ZooKeeper server of " + names() + " can be used; the last one tried is " + server + ": "
                                + reason,
                        state.sinceEpochMillis());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Offers the session to the callers until it is lost. */
    private void use(Session current) throws InterruptedException {
        publish(current);
        current.whenLost(this::wake);
        try {
            while (!isClosed()) {
                pause(current);
                if (current.lost().isPresent() || isClosed()) {
                    break;
                }
                current.syncAndGet(
                        settings.root(),
                        System.nanoTime() + settings.requestTimeout().toNanos());
            }
        } catch (LostException e) {
            LOG.debug("ZooKeeper server {}: {}", current.server(), e.getMessage());
        }
        if (isClosed()) {
            current.close(settings.requestTimeout().toMillis());
        } else {
            String reason = current.lost().orElse("it was given up");
            current.drop(reason);
            withdraw(current.server(), reason);
        }
    }

    private void publish(Session current) {
        lock.lock();
        try {
            session = Optional.of(current);
            String where = "connected with ZooKeeper server " + current.server();
            state = new ArbiterState(
                    true, where, state.reachable() ? state.sinceEpochMillis() : System.currentTimeMillis());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        LOG.info("Arbiter: connected with ZooKeeper server {}", current.server());
    }

    private void withdraw(ServerAddress server, String reason) {
        lock.lock();
        try {
            session = Optional.empty();
            state = new ArbiterState(
                    false, "ZooKeeper server " + server + " was lost: " + reason, System.currentTimeMillis());
        } finally {
            lock.unlock();
        }
        LOG.warn("Arbiter: ZooKeeper server {} is lost: {}", server, reason);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until the next check, the loss of the session, or the end. */
    private void pause(Session current) throws InterruptedException {
        long left = CHECK_PERIOD.toNanos();
        lock.lockInterruptibly();
        try {
            while (left > 0 && !closed && current.lost().isEmpty()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private String names() {
        return String.join(
                ", ", settings.servers().stream().map(ServerAddress::toString).toList());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            state = new ArbiterState(false, "the connection with ZooKeeper is closed", System.currentTimeMillis());
            session = Optional.empty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            // the keeper may be waiting for a server
            keeper.join(settings.requestTimeout().toMillis());
            keeper.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
