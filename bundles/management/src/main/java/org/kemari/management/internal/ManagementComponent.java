package org.kemari.management.internal;

import java.util.Collection;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.management.DynamicMBean;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.ConfigurationListener;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.config.SettingsReport;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.ProtectionListener;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.stats.NativeMemoryAccount;
import org.kemari.api.stats.NativeMemoryUse;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what changes and keeps the MBeans in step; a look every second finds what nobody tells. What listens is not
 * the component itself: those who tell would then need a component that needs them.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = ThresholdConfig.PID)
@Designate(ocd = ThresholdConfig.class)
public final class ManagementComponent implements Sources {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementComponent.class);
    private static final long LOOK_MILLIS = 1000;
    private static final long REFRESH_SECONDS = 5;

    private final BundleContext context;
    private final KemariConfiguration configuration;
    private final ConfiguredThresholds thresholds = new ConfiguredThresholds(() -> this.admin);
    private final Inventory inventory;
    private final ScheduledExecutorService own;
    private ServiceRegistration<?> listener;
    private String lastFailure = "";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ProtectionService protection;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile HealthMonitor health;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile NativeMemoryAccount memory;

    @Reference(service = Arbiter.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile Collection<Map.Entry<Map<String, Object>, Arbiter>> arbiters = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ConfigurationAdmin admin;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile Collection<SettingsReport> reports = List.of();

    @Activate
    public ManagementComponent(
            BundleContext context, @Reference KemariConfiguration configuration, Map<String, Object> limits) {
        thresholds.configured(limits);
        this.context = context;
        this.configuration = configuration;
        this.inventory = new Inventory(
                this, services(context), context.getBundle().getVersion().toString(), Clock.SYSTEM);
        this.own = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-management");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Activate
    void start() {
        own.scheduleWithFixedDelay(() -> safely(inventory::look), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        String[] types = {
            ProtectionListener.class.getName(), ConfigurationListener.class.getName(), PeerListener.class.getName()
        };
        listener = context.registerService(types, new Listener(), null);
    }

    @Modified
    void modified(Map<String, Object> limits) {
        thresholds.configured(limits);
    }

    private static Registrar services(BundleContext context) {
        return (objectName, mbean) -> {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put("jmx.objectname", objectName);
            ServiceRegistration<DynamicMBean> service = context.registerService(DynamicMBean.class, mbean, properties);
            return service::unregister;
        };
    }

    private final class Listener implements ProtectionListener, ConfigurationListener, PeerListener {
        @Override
        public void domainChanged(DomainStatus before, DomainStatus now) {
            execute(() -> inventory.domainChanged(before, now));
        }

        @Override
        public void peerChanged(PeerHealth changed) {
            execute(() -> inventory.peerChanged(changed));
        }

        @Override
        public void configurationChanged() {
            execute(inventory::reconcile);
        }
    }

    @Override
    public void refresh() {
        try {
            own.submit(() -> safely(inventory::reconcile)).get(REFRESH_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            LOG.debug("The MBeans are not up to date yet: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void execute(Runnable work) {
        try {
            own.execute(() -> safely(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped; a change is not shown");
        }
    }

    /** A failure that repeats every second is logged once. */
    private void safely(Runnable work) {
        try {
            work.run();
            lastFailure = "";
        } catch (RuntimeException e) {
            if (!e.toString().equals(lastFailure)) {
                LOG.warn("Cannot bring the MBeans up to date; trying on", e);
            }
            lastFailure = e.toString();
        }
    }

    @Override
    public KemariConfiguration configuration() {
        return configuration;
    }

    @Override
    public Optional<ProtectionService> protection() {
        return Optional.ofNullable(protection);
    }

    @Override
    public List<NativeMemoryUse> nativeMemory() {
        NativeMemoryAccount account = memory;
        return account == null ? List.of() : account.uses();
    }

    @Override
    public Optional<HealthMonitor> health() {
        return Optional.ofNullable(health);
    }

    @Override
    public ThresholdStore thresholds() {
        return thresholds;
    }

    @Override
    public List<ConfigurationProblem> settingsProblems() {
        return Stream.concat(
                        thresholds.problems().stream(), reports.stream().flatMap(report -> report.problems().stream()))
                .toList();
    }

    @Override
    public Optional<Arbiter> arbiter(String engine) {
        return arbiters.stream()
                .filter(entry -> engine.equals(entry.getKey().get(Arbiter.ENGINE)))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Deactivate
    void stop() {
        listener.unregister();
        own.shutdown();
        try {
            if (!own.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The MBeans' thread does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inventory.clear();
    }
}
