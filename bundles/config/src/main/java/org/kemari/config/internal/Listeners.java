package org.kemari.config.internal;

import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services that are told of changes. They are looked up when there is something to tell, and not by Declarative Services:
 * listeners usually need the service that tells them, and two components that wait for each other cannot be made.
 *
 * @param <T> what they are
 */
final class Listeners<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final ServiceTracker<T, T> tracker;
    private boolean open;

    Listeners(BundleContext context, Class<T> type) {
        this.tracker = new ServiceTracker<>(context, type, null);
    }

    /** Called on one thread at a time, and not while the component is being made. */
    void tell(Consumer<T> news) {
        if (!open) {
            tracker.open();
            open = true;
        }
        for (T listener : tracker.getTracked().values()) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("{} failed on news", listener, e);
            }
        }
    }

    void close() {
        tracker.close();
    }
}
