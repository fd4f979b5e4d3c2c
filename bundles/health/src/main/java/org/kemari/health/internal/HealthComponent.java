package org.kemari.health.internal;

import java.util.List;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerListener;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health monitor as services: the monitor itself, and the acceptor of its channel. */
@Component(
        service = {HealthMonitor.class, LinkAcceptor.class},
        immediate = true,
        property = LinkAcceptor.CHANNEL + "=" + PeerWatch.CHANNEL)
public final class HealthComponent implements HealthMonitor, LinkAcceptor {
    private static final Logger LOG = LoggerFactory.getLogger(HealthComponent.class);

    private final HealthService service;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<PeerListener> listeners = List.of();

    @Activate
    public HealthComponent(@Reference KemariConfiguration configuration, @Reference LinkService links) {
        this.service = new HealthService(configuration::host, links, this::tell);
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
    public void accepted(Link link) {
        service.accepted(link);
    }

    private void tell(PeerHealth health) {
        for (PeerListener listener : listeners) {
            try {
                listener.peerChanged(health);
            } catch (RuntimeException e) {
                LOG.error("{} failed on news of peer {}", listener, health.peer(), e);
            }
        }
    }

    @Deactivate
    void stop() {
        service.stop();
    }
}
