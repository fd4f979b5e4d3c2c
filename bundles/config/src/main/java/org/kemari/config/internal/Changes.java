package org.kemari.config.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.kemari.api.config.ConfigurationChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what has changed, and remembers the latest of it. */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
    private static final int MOST = 100;

    private final Deque<ConfigurationChange> latest = new ArrayDeque<>();

    synchronized void add(ConfigurationChange change) {
        LOG.info("Changed: {}", change);
        latest.addFirst(change);
        if (latest.size() > MOST) {
            latest.removeLast();
        }
    }

    void addAll(List<ConfigurationChange> changes) {
        changes.forEach(this::add);
    }

    /** The latest first. */
    synchronized List<ConfigurationChange> latest() {
        return List.copyOf(latest);
    }
}
