package org.kemari.management.internal;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that consoles can connect. Karaf begins its JMX connector twice at a boot, and again whenever its settings
 * change; if the port of the beginning before is not free yet, or its name is taken back too late, nothing serves, and Karaf
 * leaves it at that. Without Karaf this does nothing.
 */
@Component(
        service = {},
        immediate = true)
public final class KarafConnectorComponent {
    private static final Logger LOG = LoggerFactory.getLogger(KarafConnectorComponent.class);
    private static final String BUNDLE = "org.apache.karaf.management.server";
    private static final long LOOK_MILLIS = 2000;
    private static final long CLOSING_MILLIS = 500;

    private final BundleContext context;
    private final ConnectorWatch watch = new ConnectorWatch();
    private final ScheduledExecutorService own;

    @Activate
    public KarafConnectorComponent(BundleContext context) {
        // the system bundle's: what is looked at is nobody's service but Karaf's
        this.context = context.getBundle(Constants.SYSTEM_BUNDLE_ID).getBundleContext();
        this.own = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-jmx-watch");
            thread.setDaemon(true);
            return thread;
        });
        own.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void deactivate() {
        own.shutdownNow();
    }

    private void look() {
        try {
            Optional<Bundle> karaf = Arrays.stream(context.getBundles())
                    .filter(bundle -> BUNDLE.equals(bundle.getSymbolicName()) && bundle.getState() == Bundle.ACTIVE)
                    .findFirst();
            boolean serving = karaf.isEmpty()
                    || hasBegun(karaf.get()) && RmiConnectors.serve(ManagementFactory.getPlatformMBeanServer());
            if (watch.isDue(serving, System.nanoTime())) {
                restart(karaf.orElseThrow());
                watch.begun(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BundleException | RuntimeException e) {
            LOG.warn("Karaf's JMX connector does not serve, and could not be begun anew", e);
            watch.begun(System.nanoTime());
        }
    }

    /** It registers the guarded server when, and only when, everything has begun. */
    private static boolean hasBegun(Bundle karaf) {
        ServiceReference<?>[] services = karaf.getRegisteredServices();
        return services != null
                && Arrays.stream(services)
                        .flatMap(service -> Arrays.stream((String[]) service.getProperty(Constants.OBJECTCLASS)))
                        .anyMatch(MBeanServer.class.getName()::equals);
    }

    /**
     * A connector that was stopped before it had quite begun has no owner, but a listening socket, which is closed when the
     * collector finds it; until then no other one can begin at that port.
     */
    private static void restart(Bundle karaf) throws BundleException, InterruptedException {
        LOG.warn(
                "Karaf's JMX connector does not serve (why is said further up in this log, by Karaf); it is begun anew");
        karaf.stop(Bundle.STOP_TRANSIENT);
        try {
            System.gc();
            Thread.sleep(CLOSING_MILLIS); // nobody tells when the socket has been closed
        } finally {
            karaf.start(Bundle.START_TRANSIENT);
        }
    }
}
