package org.kemari.protection.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.health.PeerState;
import org.kemari.api.hypervisor.Hypervisor;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionListener;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.restoration.RingRestoration;
import org.kemari.api.tap.EventTap;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StandbyGate;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.api.transfer.StateTransfer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The conductor as a component: finds the domains' controllers and wires them to the other parts. */
@Component(
        service = {ProtectionService.class, StandbyGate.class, PeerListener.class},
        immediate = true)
public final class ProtectionComponent implements ProtectionService, StandbyGate, PeerListener {
    /** How long memory is kept for a standby session after a switchover. */
    private static final Duration RETAIN = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(ProtectionComponent.class);

    private final KemariConfiguration configuration;
    private final EventTap eventTap;
    private final List<Object> needed; // when one of them goes, this component does
    private final Map<String, ManagedDomain> domains = new ConcurrentHashMap<>();
    private final Map<String, Arbiter> arbiters = new ConcurrentHashMap<>();
    private final ServiceTracker<ProtectionListener, ProtectionListener> listeners;
    private final AtomicBoolean listening = new AtomicBoolean();
    private final BundleContext context;
    private final ScheduledExecutorService clock;
    private volatile boolean evacuating;
    private final ExecutorService workers;
    private final Services services;
    private final StandbyAdmission admission;

    @Activate
    public ProtectionComponent(
            BundleContext context,
            @Reference KemariConfiguration configuration,
            @Reference Hypervisor hypervisor,
            @Reference EventTap eventTap,
            @Reference RingRestoration ringRestoration,
            @Reference StateTransfer stateTransfer) {
        this.context = context;
        this.configuration = configuration;
        this.eventTap = eventTap;
        this.needed = List.of(configuration, hypervisor, eventTap, ringRestoration, stateTransfer);
        this.listeners = new ServiceTracker<>(context, ProtectionListener.class, null);
        AtomicInteger count = new AtomicInteger();
        this.workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "kemari-protection-worker-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.services = new Services(
                configuration,
                hypervisor,
                eventTap,
                ringRestoration,
                stateTransfer,
                this::arbiter,
                new Fences(() -> configuration.host().fence()),
                this::alivePeers,
                this::isEvacuating,
                workers);
        this.admission = new StandbyAdmission(services);
        configuration.domains().values().forEach(d -> workers.execute(() -> begin(d)));
        workers.execute(() -> List.of(this, hypervisor, eventTap, ringRestoration, stateTransfer)
                .forEach(ClassLoading::ahead));
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kemari-protection-clock");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleWithFixedDelay(this::tick, 1000, 500, TimeUnit.MILLISECONDS);
    }

    /** What no event brings about. */
    private void tick() {
        try {
            configuration.domains().forEach((name, definition) -> domain(name).follow(definition.protection()));
            for (ManagedDomain domain : domains.values()) {
                domain.discardRetained(RETAIN);
                if (evacuating) {
                    domain.evacuate();
                }
            }
        } catch (RuntimeException e) {
            LOG.error("looking after the domains failed; trying on", e);
        }
    }

    private Set<String> alivePeers() {
        ServiceReference<HealthMonitor> reference = context.getServiceReference(HealthMonitor.class);
        HealthMonitor monitor = reference == null ? null : context.getService(reference);
        if (monitor == null) {
            return Set.of(); // it tells when it has come
        }
        return monitor.peers().stream()
                .filter(p -> p.state() == PeerState.ALIVE)
                .map(PeerHealth::peer)
                .collect(Collectors.toSet());
    }

    @Deactivate
    void deactivate() {
        clock.shutdownNow();
        if (!isHostGoing()) {
            prepareToLeave();
        } // otherwise nobody comes after this: the standbys are to take over
        domains.values().forEach(ManagedDomain::letGo);
        workers.shutdownNow();
        listeners.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindArbiter(Arbiter arbiter, Map<String, Object> properties) {
        arbiters.put(String.valueOf(properties.get(Arbiter.ENGINE)), arbiter);
        workers.execute(() -> ClassLoading.ahead(arbiter));
    }

    /** If this component is about to go, too, it has something to ask first. */
    void unbindArbiter(Arbiter arbiter, Map<String, Object> properties) {
        if (!isHostGoing() && needed.stream().anyMatch(ProtectionComponent::isGoing)) {
            prepareToLeave();
            domains.values().forEach(ManagedDomain::awaitLeft);
        }
        arbiters.remove(String.valueOf(properties.get(Arbiter.ENGINE)), arbiter);
    }

    private void prepareToLeave() {
        boolean tapGoes = isGoing(eventTap);
        domains.values().forEach(domain -> domain.prepareToLeave(tapGoes));
    }

    private boolean isHostGoing() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() == Bundle.STOPPING;
    }

    private static boolean isGoing(Object service) {
        Bundle bundle = FrameworkUtil.getBundle(service.getClass());
        return bundle != null && bundle.getState() == Bundle.STOPPING;
    }

    private Arbiter arbiter() {
        String engine = configuration.host().arbiterEngine();
        Arbiter arbiter = arbiters.get(engine);
        if (arbiter == null) {
            throw new IllegalStateException("no arbiter engine '" + engine + "'; there is " + arbiters.keySet());
        }
        return arbiter;
    }

    private void begin(DomainDefinition definition) {
        try {
            domain(definition.name()).begin(definition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("domain {}: what an earlier Kemari has left could not be dealt with", definition.name(), e);
        }
    }

    private ManagedDomain domain(String name) {
        return domains.computeIfAbsent(name, n -> new ManagedDomain(n, services, this::changed));
    }

    private void changed(DomainStatus before, DomainStatus now) {
        if (listening.compareAndSet(false, true)) {
            listeners.open();
        }
        // Looked up when there is news and not bound: most listeners use the service that this component is.
        for (ProtectionListener listener : listeners.getTracked().values()) {
            try {
                listener.domainChanged(before, now);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed", e);
            }
        }
    }

    // ---- ProtectionService

    @Override
    public List<DomainStatus> domains() {
        Map<String, DomainStatus> all = new TreeMap<>();
        configuration.domains().keySet().forEach(n -> all.put(n, domain(n).status()));
        domains.forEach((n, d) -> {
            if (d.isHere()) {
                all.put(n, d.status());
            }
        });
        return List.copyOf(all.values());
    }

    @Override
    public Optional<DomainStatus> status(String name) {
        if (configuration.domain(name).isPresent()) {
            return Optional.of(domain(name).status());
        }
        return Optional.ofNullable(domains.get(name))
                .filter(ManagedDomain::isHere)
                .map(ManagedDomain::status);
    }

    private DomainDefinition definition(String name) throws OperationRefusedException {
        return configuration
                .domain(name)
                .orElseThrow(() -> new OperationRefusedException("there is no valid definition of a domain '" + name
                        + "' in " + configuration.host().domainDirectory()));
    }

    private ManagedDomain known(String name) throws OperationRefusedException {
        ManagedDomain domain = domains.get(name);
        if (domain == null) {
            definition(name);
            return domain(name);
        }
        return domain;
    }

    @Override
    public void start(String name) throws OperationRefusedException {
        DomainDefinition definition = definition(name);
        if (evacuating) {
            throw new OperationRefusedException(
                    "host " + services.self() + " is being evacuated: start it on another host, or end the evacuation");
        }
        domain(name).start(definition);
    }

    @Override
    public void stop(String name, Duration grace) throws OperationRefusedException {
        known(name).stop(grace.toNanos());
    }

    @Override
    public void protect(String name, Optional<String> standby) throws OperationRefusedException {
        DomainDefinition definition = definition(name);
        String host = standby.or(() -> firstOf(definition.protection().standbys()))
                .orElseThrow(() -> new OperationRefusedException(
                        "domain " + name + ": name a standby host, or set protection.standbys in its definition"));
        if (!configuration.host().peers().containsKey(host)) {
            throw new OperationRefusedException("host '" + host + "' is not among the peers of "
                    + configuration.host().name() + " "
                    + configuration.host().peers().keySet());
        }
        known(name).protect(host);
    }

    /** The first that is there; the first of all if none is. */
    private Optional<String> firstOf(List<String> standbys) {
        Set<String> alive = alivePeers();
        List<String> others =
                standbys.stream().filter(h -> !h.equals(services.self())).toList();
        return others.stream().filter(alive::contains).findFirst().or(() -> others.stream()
                .findFirst());
    }

    @Override
    public void unprotect(String name) throws OperationRefusedException {
        known(name).unprotect();
    }

    @Override
    public void takeover(String name) throws OperationRefusedException {
        known(name).takeover();
    }

    @Override
    public void switchover(String name) throws OperationRefusedException {
        known(name).switchover();
    }

    @Override
    public void evacuate() throws OperationRefusedException {
        if (configuration.host().peers().isEmpty()) {
            throw new OperationRefusedException("host " + services.self() + " has no peers to move its domains to");
        }
        LOG.info("host {} is being evacuated", services.self());
        evacuating = true;
    }

    @Override
    public void endEvacuation() {
        if (evacuating) {
            LOG.info("the evacuation of host {} has ended", services.self());
        }
        evacuating = false;
    }

    @Override
    public boolean isEvacuating() {
        return evacuating;
    }

    // ---- StandbyGate

    @Override
    public StandbySlot open(StandbyOffer offer, IncomingSession session) throws RefusedException {
        DomainDefinition definition = admission.check(offer);
        return domain(definition.name()).admit(definition, offer, session);
    }

    // ---- PeerListener

    @Override
    public void peerChanged(PeerHealth health) {
        if (health.state() == PeerState.LOST) {
            domains.values().forEach(d -> d.tell(new Event.PeerLost(health.peer(), health.reason())));
        } else if (health.state() == PeerState.ALIVE) {
            domains.values().forEach(d -> d.tell(new Event.PeerAlive(health.peer())));
        }
    }
}
