package org.kemari.health.internal;

import java.util.List;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.kemari.api.protection.ProtectionService;
import org.kemari.health.internal.checks.SelfChecks;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The health monitor as services: the monitor itself, and the acceptor of its channel. */
@Component(
        service = {HealthMonitor.class, LinkAcceptor.class},
        immediate = true,
        property = LinkAcceptor.CHANNEL + "=" + PeerWatch.CHANNEL)
public final class HealthComponent implements HealthMonitor, LinkAcceptor {
    private final BundleContext context;
    private final HealthService service;
    private final SelfChecks checks;
    private final LateServices<PeerListener> listeners;
    private final LateServices<ProtectionService> protection;
    private final LateServices<Arbiter> arbiters;

    @Activate
    public HealthComponent(
            BundleContext context, @Reference KemariConfiguration configuration, @Reference LinkService links) {
        this.context = context;
        this.listeners = new LateServices<>(context, PeerListener.class);
        this.protection = new LateServices<>(context, ProtectionService.class);
        this.arbiters = new LateServices<>(context, Arbiter.class);
        this.service = new HealthService(
                configuration::host, links, health -> listeners.tell(listener -> listener.peerChanged(health)));
        this.checks = SelfChecks.of(
                configuration,
                service::peers,
                () -> protection.any().map(ProtectionService::domains).orElse(List.of()),
                engine -> arbiters.with(Arbiter.ENGINE, engine));
    }

    @Activate
    void start() {
        service.start();
        checks.start();
    }

    @Override
    public List<PeerHealth> peers() {
        return service.peers();
    }

    @Override
    public List<Check> checks() {
        return checks.checks();
    }

    @Override
    public void accepted(Link link) {
        service.accepted(link);
    }

    @Deactivate
    void stop() {
        checks.stop();
        service.stop(context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() != Bundle.STOPPING);
        listeners.close();
        protection.close();
        arbiters.close();
    }
}
