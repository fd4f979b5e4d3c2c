package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.SettingsReport;
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
@Component(
        service = {StateTransfer.class, SettingsReport.class},
        configurationPid = TransferConfig.PID)
@Designate(ocd = TransferConfig.class)
public final class StateTransferComponent implements StateTransfer, SettingsReport {
    private static final Logger LOG = LoggerFactory.getLogger(StateTransferComponent.class);
    private static final long WATCH_MILLIS = 100;

    private final TransferSender sender;
    /** Looked up and not bound: nothing here waits for the monitor, which comes and goes. */
    private final ServiceTracker<HealthMonitor, HealthMonitor> monitor;

    private final ScheduledExecutorService watch;
    private volatile TransferSettings settings;
    private volatile List<ConfigurationProblem> problems = List.of();

    @Activate
    public StateTransferComponent(BundleContext context, @Reference LinkService links, Map<String, Object> properties) {
        TransferProperties.Parsed parsed = TransferProperties.parse(properties);
        settings = parsed.settings();
        report(parsed, "the defaults are in force");
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
    void modified(Map<String, Object> properties) {
        TransferProperties.Parsed next = TransferProperties.parse(properties);
        if (next.problems().isEmpty() && !next.settings().equals(settings)) {
            settings = next.settings();
            LOG.info("{}: for the sessions that begin from now on: {}", TransferConfig.PID, settings);
        }
        report(next, "the settings from before stay in force");
    }

    private void report(TransferProperties.Parsed parsed, String instead) {
        problems = parsed.problems();
        problems.forEach(problem -> LOG.warn("Refused: {}; {}", problem, instead));
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return problems;
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
