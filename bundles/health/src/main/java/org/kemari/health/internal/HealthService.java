package org.kemari.health.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches all peers of the settings, as these change, and answers theirs. */
final class HealthService {
    private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);
    private static final Duration GOODBYE = Duration.ofMillis(200);
    /** An incoming link that is silent for this many time-outs is closed. */
    private static final int SILENT_TIMEOUTS = 4;

    private final Supplier<HostSettings> settings;
    private final LinkService links;
    private final Consumer<PeerHealth> listeners;
    private final BeatResponder responder = new BeatResponder();
    private final Map<String, PeerWatch> watches = new ConcurrentHashMap<>();
    private final ScheduledExecutorService monitor;
    private HostSettings current;

    HealthService(Supplier<HostSettings> settings, LinkService links, Consumer<PeerHealth> listeners) {
        this.settings = settings;
        this.links = links;
        this.listeners = listeners;
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-health");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.monitor = executor;
    }

    void start() {
        execute(this::tick);
    }

    List<PeerHealth> peers() {
        return watches.values().stream()
                .map(PeerWatch::health)
                .sorted(Comparator.comparing(PeerHealth::peer))
                .toList();
    }

    void accepted(Link link) {
        responder.serve(link);
    }

    /** @param backSoon whether only this monitor is being exchanged, and the rest of Kemari goes on */
    void stop(boolean backSoon) {
        monitor.shutdown();
        watches.values().forEach(PeerWatch::stop);
        responder.leave(backSoon ? Frame.Type.PAUSING : Frame.Type.LEAVING, GOODBYE);
    }

    private void tick() {
        try {
            HostSettings now = settings.get();
            if (now != current) {
                current = now;
                follow(now);
            }
            Moment moment = Moment.now();
            watches.values().forEach(watch -> watch.tick(moment));
            responder.closeSilent(moment, now.silenceTimeout().multipliedBy(SILENT_TIMEOUTS));
        } catch (RuntimeException e) {
            LOG.error("Watching the peers failed; trying on", e);
        }
        try {
            monitor.schedule(this::tick, tickMicros(), TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped watching the peers");
        }
    }

    /** Twice in each period, so that a silence is noticed soon after it has become too long. */
    private long tickMicros() {
        return current == null
                ? 50_000
                : Math.max(1000, current.heartbeatPeriod().toNanos() / 2000);
    }

    private void follow(HostSettings now) {
        Times times = new Times(now.heartbeatPeriod(), now.silenceTimeout());
        LOG.info(
                "Heartbeats go out every {} ms; a peer that is silent for {} ms is lost",
                now.heartbeatPeriod().toMillis(),
                now.silenceTimeout().toMillis());
        watches.forEach((peer, watch) -> {
            if (now.peers().containsKey(peer)) {
                watch.follow(addresses(now, peer), times);
            } else {
                watches.remove(peer);
                watch.stop();
                LOG.info("Peer {} is no longer in the settings", peer);
            }
        });
        for (String peer : now.peers().keySet()) {
            if (!peer.equals(now.name()) && !watches.containsKey(peer)) {
                PeerWatch watch = new PeerWatch(
                        peer,
                        addresses(now, peer),
                        address -> addresses(settings.get(), peer).indexOf(address),
                        links,
                        times,
                        this::execute,
                        this::changed);
                watches.put(peer, watch);
                watch.start();
            }
        }
    }

    private static List<String> addresses(HostSettings settings, String peer) {
        return settings.peers().getOrDefault(peer, List.of()).stream()
                .map(HostAddress::toString)
                .toList();
    }

    private void execute(Runnable work) {
        try {
            monitor.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped; news of a peer dropped");
        }
    }

    private void changed(PeerHealth health) {
        listeners.accept(health); // first: a takeover waits for it
        if (health.state() == PeerState.ALIVE) {
            LOG.info("Peer {} is alive", health.peer());
        } else {
            LOG.warn("Peer {} is lost: {}", health.peer(), health.reason());
        }
    }
}
