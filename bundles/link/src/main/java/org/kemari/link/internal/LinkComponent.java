package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers {@link LinkService} and brings incoming links to the {@link LinkAcceptor} services. */
@Component(service = LinkService.class, immediate = true, configurationPid = LinkConfig.PID)
@Designate(ocd = LinkConfig.class)
public final class LinkComponent implements LinkService {
    private static final Logger LOG = LoggerFactory.getLogger(LinkComponent.class);
    private static final Duration PREAMBLE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BIND_RETRY = Duration.ofSeconds(1);
    private static final Duration STORE_WATCH = Duration.ofSeconds(1);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final int MAX_STRANGERS = 32;

    private final BundleContext context;
    private final LinkConnector connector;
    private final LinkDispatcher dispatcher;
    private final List<LinkListener> listeners;
    private final String hostName;
    private volatile Security security;

    @Activate
    public LinkComponent(BundleContext context, @Reference KemariConfiguration configuration, LinkConfig config) {
        this.context = context;
        HostSettings host = configuration.host();
        hostName = host.name();
        security = security(config);
        connector = new LinkConnector(configuration::host, () -> security);
        dispatcher = new LinkDispatcher(
                configuration::host, () -> security, this::acceptor, PREAMBLE_TIMEOUT, MAX_STRANGERS);
        listeners = host.listen().stream()
                .map(address -> new LinkListener(address, BIND_RETRY, dispatcher::accepted))
                .toList();
        listeners.forEach(LinkListener::start);
    }

    @Modified
    void modified(LinkConfig config) {
        Security before = security;
        security = security(config);
        before.close();
    }

    private Security security(LinkConfig config) {
        Path etc = Path.of(System.getProperty("karaf.etc", "etc"));
        switch (config.security().strip()) {
            case "clear" -> {
                LOG.warn("Links between hosts are in clear text and not authenticated (security = clear in "
                        + "etc/org.kemari.link.cfg): use them on a trusted network only");
                return new ClearText();
            }
            case "tls" -> {
                return new TlsSecurity(hostName, TlsSettings.of(config, etc), STORE_WATCH, WARM_UP);
            }
            default -> {
                LOG.error(
                        "security = {} in etc/org.kemari.link.cfg is neither tls nor clear: taken as tls",
                        config.security());
                return new TlsSecurity(hostName, TlsSettings.of(config, etc), STORE_WATCH, WARM_UP);
            }
        }
    }

    @Deactivate
    void stop() {
        security.close();
        listeners.forEach(LinkListener::close);
        dispatcher.close();
    }

    /** Looked up for each link and not bound: acceptors use the service that this component is. */
    private Optional<LinkAcceptor> acceptor(String channel) {
        try {
            Collection<ServiceReference<LinkAcceptor>> found =
                    context.getServiceReferences(LinkAcceptor.class, "(" + LinkAcceptor.CHANNEL + "=" + channel + ")");
            return found.stream().max(Comparator.naturalOrder()).map(context::getService);
        } catch (InvalidSyntaxException e) {
            return Optional.empty(); // no acceptor has such a name
        }
    }

    @Override
    public Link connect(String peer, String channel, Duration timeout) throws IOException {
        return connector.connect(peer, channel, timeout);
    }

    @Override
    public Link connect(String peer, int path, String channel, Duration timeout) throws IOException {
        return connector.connect(peer, path, channel, timeout);
    }
}
