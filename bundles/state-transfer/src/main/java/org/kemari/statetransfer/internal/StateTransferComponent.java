package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.statetransfer.internal.outgoing.TransferSender;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The primary's side as a service. */
@Component(service = StateTransfer.class, configurationPid = TransferConfig.PID)
@Designate(ocd = TransferConfig.class)
public final class StateTransferComponent implements StateTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(StateTransferComponent.class);
    private static final long WATCH_MILLIS = 100;

    private final TransferSender sender;
    /** Looked up and not bound: nothing here waits for the monitor, which comes and goes. */
    private final ServiceTracker<HealthMonitor, HealthMonitor> monitor;

    private final ScheduledExecutorService watch;
    private volatile TransferSettings settings;

    @Activate
    public StateTransferComponent(BundleContext context, @Reference LinkService links, TransferConfig config) {
        settings = TransferSettings.of(config);
        ServiceTracker<HealthMonitor, HealthMonitor> found = new ServiceTracker<>(context, HealthMonitor.class, null);
        monitor = found;
        sender = new TransferSender(links, () -> settings, () -> Optional.ofNullable(found.getService()));
        watch = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-transfer-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Activate
    void start() {
        watch.execute(monitor::open);
        watch.scheduleWithFixedDelay(this::look, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            sender.watch();
        } catch (RuntimeException e) {
            LOG.warn("Looking after the sessions failed; trying on", e);
        }
    }

    @Modified
    void modified(TransferConfig config) {
        settings = TransferSettings.of(config);
    }

    @Deactivate
    void stop() {
        watch.shutdown();
        monitor.close();
        sender.close();
    }

    @Override
    public OutgoingSession open(OutgoingRequest request, OutgoingListener listener) throws IOException {
        return sender.open(request, listener);
    }
}
