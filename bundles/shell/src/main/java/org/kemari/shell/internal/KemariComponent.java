package org.kemari.shell.internal;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.ProtectionListener;
import org.kemari.api.protection.ProtectionService;
import org.kemari.shell.internal.view.EventHistory;
import org.kemari.shell.internal.view.Speedometer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Gives the commands their services, and remembers what happens. What listens is not the component itself: those who tell
 * would then need a component that needs them.
 */
@Component(service = Kemari.class, immediate = true)
public final class KemariComponent implements Kemari {
    private final Clock clock = Clock.systemDefaultZone();
    private final EventHistory history = new EventHistory(clock);
    private final Speedometer speedometer = new Speedometer();
    private final ServiceRegistration<?> listener;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile KemariConfiguration configuration;

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

    @Reference(service = Arbiter.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile Collection<Map.Entry<Map<String, Object>, Arbiter>> arbiters = List.of();

    @Activate
    public KemariComponent(BundleContext context) {
        String[] types = {ProtectionListener.class.getName(), PeerListener.class.getName()};
        listener = context.registerService(types, new Listener(history), null);
    }

    @Deactivate
    void stop() {
        listener.unregister();
    }

    private record Listener(EventHistory history) implements ProtectionListener, PeerListener {
        @Override
        public void domainChanged(DomainStatus before, DomainStatus now) {
            history.domainChanged(before, now);
        }

        @Override
        public void peerChanged(PeerHealth health) {
            history.peerChanged(health);
        }
    }

    @Override
    public Optional<KemariConfiguration> findConfiguration() {
        return Optional.ofNullable(configuration);
    }

    @Override
    public Optional<ProtectionService> findProtection() {
        return Optional.ofNullable(protection);
    }

    @Override
    public Optional<HealthMonitor> findHealth() {
        return Optional.ofNullable(health);
    }

    @Override
    public Optional<Arbiter> findArbiter(String engine) {
        return arbiters.stream()
                .filter(entry -> engine.equals(entry.getKey().get(Arbiter.ENGINE)))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public EventHistory history() {
        return history;
    }

    @Override
    public Speedometer speedometer() {
        return speedometer;
    }

    @Override
    public Clock clock() {
        return clock;
    }
}
