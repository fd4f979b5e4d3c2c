package org.kemari.health.internal;

import java.util.List;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.osgi.framework.BundleContext;
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
    private final HealthService service;
    private final Listeners<PeerListener> listeners;

    @Activate
    public HealthComponent(
            BundleContext context, @Reference KemariConfiguration configuration, @Reference LinkService links) {
        this.listeners = new Listeners<>(context, PeerListener.class);
        this.service = new HealthService(
                configuration::host, links, health -> listeners.tell(listener -> listener.peerChanged(health)));
    }

    @Activate
    void start() {
        service.start();
    }

    @Override
    public List<PeerHealth> peers() {
        return service.peers();
    }

    @Override
    public List<Check> checks() {
        return List.of();
    }

    @Override
    public void accepted(Link link) {
        service.accepted(link);
    }

    @Deactivate
    void stop() {
        service.stop();
        listeners.close();
    }
}
