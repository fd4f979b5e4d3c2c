package org.kemari.healthchecks.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.protection.ProtectionService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers one {@link HealthCheck} for each thing that there is to check; a look every second finds what comes and goes. */
@Component(
        service = {},
        immediate = true)
public final class HealthChecksComponent implements Verdicts.Sources {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecksComponent.class);
    private static final long LOOK_MILLIS = 1000;

    private final BundleContext context;
    private final KemariConfiguration configuration;
    private final Verdicts verdicts = new Verdicts(this);
    private final Map<String, ServiceRegistration<HealthCheck>> registered = new TreeMap<>(); // used by one thread
    private final ScheduledExecutorService own;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile HealthMonitor health;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ProtectionService protection;

    @Activate
    public HealthChecksComponent(BundleContext context, @Reference KemariConfiguration configuration) {
        this.context = context;
        this.configuration = configuration;
        this.own = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-healthchecks");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Activate
    void start() {
        own.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Set<Subject> wanted = verdicts.subjects();
            wanted.forEach(subject -> registered.computeIfAbsent(subject.title(), title -> register(subject)));
            Set<String> titles = wanted.stream().map(Subject::title).collect(Collectors.toUnmodifiableSet());
            registered.entrySet().removeIf(entry -> {
                boolean gone = !titles.contains(entry.getKey());
                if (gone) {
                    entry.getValue().unregister();
                }
                return gone;
            });
        } catch (RuntimeException e) {
            LOG.warn("Cannot bring the health checks up to date; trying on", e);
        }
    }

    private ServiceRegistration<HealthCheck> register(Subject subject) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(HealthCheck.NAME, subject.title());
        properties.put(HealthCheck.TAGS, subject.tags().toArray(String[]::new));
        return context.registerService(HealthCheck.class, () -> result(subject), properties);
    }

    private Result result(Subject subject) {
        ResultLog log = new ResultLog();
        verdicts.of(subject).forEach(verdict -> log.add(new ResultLog.Entry(status(verdict.level()), verdict.text())));
        return new Result(log);
    }

    private static Result.Status status(Check.Level level) {
        return switch (level) {
            case OK -> Result.Status.OK;
            case WARNING -> Result.Status.WARN;
            case CRITICAL -> Result.Status.CRITICAL;
        };
    }

    @Override
    public KemariConfiguration configuration() {
        return configuration;
    }

    @Override
    public Optional<HealthMonitor> health() {
        return Optional.ofNullable(health);
    }

    @Override
    public Optional<ProtectionService> protection() {
        return Optional.ofNullable(protection);
    }

    @Deactivate
    void stop() {
        own.shutdown();
        try {
            if (!own.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("The thread of the health checks does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        registered.values().forEach(ServiceRegistration::unregister);
        registered.clear();
    }
}
