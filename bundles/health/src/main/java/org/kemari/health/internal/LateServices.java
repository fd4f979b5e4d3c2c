package org.kemari.health.internal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services that are looked up when they are needed, and not by Declarative Services: they usually need the service that
 * needs them, and two components that wait for each other cannot be made. Used by one thread at a time, and not while the
 * component is being made.
 *
 * @param <T> what they are
 */
final class LateServices<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LateServices.class);

    private final ServiceTracker<T, T> tracker;
    private final AtomicBoolean opened = new AtomicBoolean();
    private volatile boolean closed;

    LateServices(BundleContext context, Class<T> type) {
        this.tracker = new ServiceTracker<>(context, type, null);
    }

    /** Opening makes the services, which may take its time: no lock is held meanwhile. */
    private ServiceTracker<T, T> open() {
        if (!closed && opened.compareAndSet(false, true)) {
            tracker.open();
            if (closed) {
                tracker.close();
            }
        }
        return tracker;
    }

    /** Tells all of them; one that fails does not keep the news from the others. */
    void tell(Consumer<T> news) {
        for (T listener : open().getTracked().values()) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("{} failed on news", listener, e);
            }
        }
    }

    /** The one that OSGi prefers. */
    Optional<T> any() {
        return Optional.ofNullable(open().getService());
    }

    /** The one that OSGi prefers among those with this property. */
    Optional<T> with(String property, String value) {
        ServiceTracker<T, T> services = open();
        ServiceReference<T>[] references = services.getServiceReferences();
        return references == null
                ? Optional.empty()
                : Arrays.stream(references)
                        .filter(reference -> value.equals(reference.getProperty(property)))
                        .max(Comparator.naturalOrder())
                        .map(services::getService);
    }

    void close() {
        closed = true;
        tracker.close();
    }
}
