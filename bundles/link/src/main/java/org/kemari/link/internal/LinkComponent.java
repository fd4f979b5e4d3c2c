package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.kemari.api.config.ConfigurationListener;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.config.SettingsReport;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.link.LinkService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Offers {@link LinkService} and brings incoming links to the {@link LinkAcceptor} services. */
@Component(
        service = {LinkService.class, SettingsReport.class},
        immediate = true,
        configurationPid = LinkConfig.PID)
@Designate(ocd = LinkConfig.class)
public final class LinkComponent implements LinkService, SettingsReport {
    private static final Duration PREAMBLE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final int MAX_STRANGERS = 32;

    private final BundleContext context;
    private final KemariConfiguration configuration;
    private final LinkSecurity security;
    private final LinkConnector connector;
    private final LinkDispatcher dispatcher;
    private final Listening listening;
    private ServiceRegistration<ConfigurationListener> listener;

    @Activate
    public LinkComponent(BundleContext context, @Reference KemariConfiguration configuration, LinkConfig config) {
        this.context = context;
        this.configuration = configuration;
        security = new LinkSecurity(
                configuration.host().name(), Path.of(System.getProperty("karaf.etc", "etc")), WARM_UP, config);
        connector = new LinkConnector(configuration::host, security::current);
        dispatcher = new LinkDispatcher(
                configuration::host, security::current, this::acceptor, PREAMBLE_TIMEOUT, MAX_STRANGERS);
        listening = new Listening(dispatcher::accepted);
    }

    /** What listens is not the component itself: the configuration would then need a component that needs it. */
    @Activate
    void start() {
        listener = context.registerService(ConfigurationListener.class, this::follow, null);
        follow();
    }

    private void follow() {
        listening.follow(configuration.host().listen());
    }

    @Modified
    void modified(LinkConfig config) {
        security.change(config);
    }

    @Deactivate
    void stop() {
        listener.unregister();
        security.close();
        listening.close();
        dispatcher.close();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return security.problems();
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
