package org.kemari.link.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers {@link LinkService} and brings incoming links to the {@link LinkAcceptor} services. */
@Component(service = LinkService.class, immediate = true)
public final class LinkComponent implements LinkService {
    private static final Logger LOG = LoggerFactory.getLogger(LinkComponent.class);
    private static final Duration PREAMBLE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BIND_RETRY = Duration.ofSeconds(1);
    private static final int MAX_STRANGERS = 32;

    private final Map<LinkAcceptor, String> acceptors = new ConcurrentHashMap<>();
    private final LinkConnector connector;
    private final LinkDispatcher dispatcher;
    private final LinkListener listener;

    @Activate
    public LinkComponent(@Reference KemariConfiguration configuration) {
        HostSettings host = configuration.host();
        connector = new LinkConnector(configuration::host);
        dispatcher = new LinkDispatcher(configuration::host, this::acceptor, PREAMBLE_TIMEOUT, MAX_STRANGERS);
        listener = new LinkListener(host.listen(), BIND_RETRY, dispatcher::accepted);
    }

    /** After the acceptors that are already there have been added. */
    @Activate
    void start() {
        LOG.warn("Links between hosts are in clear text and not authenticated: use them on a trusted network only");
        listener.start();
    }

    @Deactivate
    void stop() {
        listener.close();
        dispatcher.close();
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addAcceptor(LinkAcceptor acceptor, Map<String, Object> properties) {
        if (properties.get(LinkAcceptor.CHANNEL) instanceof String channel && !channel.isEmpty()) {
            acceptors.put(acceptor, channel);
        } else {
            LOG.error("{} has no property {}: it gets no links", acceptor, LinkAcceptor.CHANNEL);
        }
    }

    /** Its links are its own: it closes them when it goes. */
    void removeAcceptor(LinkAcceptor acceptor) {
        acceptors.remove(acceptor);
    }

    private Optional<LinkAcceptor> acceptor(String channel) {
        return acceptors.entrySet().stream()
                .filter(entry -> entry.getValue().equals(channel))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public Link connect(String peer, String channel, Duration timeout) throws IOException {
        return connector.connect(peer, channel, timeout);
    }
}
