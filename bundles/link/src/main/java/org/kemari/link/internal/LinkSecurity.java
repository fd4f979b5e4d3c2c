package org.kemari.link.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.config.ConfigurationProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What protects the links at present, as its settings change. What is wrong leaves what was before in force. */
final class LinkSecurity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkSecurity.class);
    private static final Duration STORE_WATCH = Duration.ofSeconds(1);

    private final String host;
    private final Path etc;
    private final Duration warmUp;
    private Optional<TlsSettings> settings; // empty: clear text; guarded by this
    private volatile Security current;
    private volatile Optional<String> mistake = Optional.empty();

    /**
     * @param host name of this host
     * @param etc the directory of the configuration
     * @param warmUp how long to exercise TLS first, at most
     */
    LinkSecurity(String host, Path etc, Duration warmUp, LinkConfig config) {
        this.host = host;
        this.etc = etc;
        this.warmUp = warmUp;
        String security = config.security().strip();
        if (!isKnown(security)) {
            refuse(security, "taken as tls");
        }
        settings = security.equals("clear") ? Optional.empty() : Optional.of(TlsSettings.of(config, etc));
        current = make(Optional.empty());
    }

    synchronized void change(LinkConfig config) {
        String security = config.security().strip();
        if (!isKnown(security)) {
            refuse(security, "the settings from before stay in force");
            return;
        }
        mistake = Optional.empty();
        Optional<TlsSettings> next =
                security.equals("clear") ? Optional.empty() : Optional.of(TlsSettings.of(config, etc));
        if (next.equals(settings)) {
            return;
        }
        Security before = current;
        settings = next;
        current = make(before instanceof TlsSecurity tls ? tls.inForce() : Optional.empty());
        before.close();
    }

    private Security make(Optional<TlsIdentity> before) {
        if (settings.isEmpty()) {
            LOG.warn("Links between hosts are in clear text and not authenticated (security = clear in "
                    + "etc/org.kemari.link.cfg): use them on a trusted network only");
            return new ClearText();
        }
        return new TlsSecurity(host, settings.get(), STORE_WATCH, warmUp, before);
    }

    private static boolean isKnown(String security) {
        return security.equals("tls") || security.equals("clear");
    }

    private void refuse(String security, String instead) {
        String reason = "'" + security + "' is neither tls nor clear; " + instead;
        LOG.error("Refused: {}: security: {}", LinkConfig.PID, reason);
        mistake = Optional.of(reason);
    }

    Security current() {
        return current;
    }

    List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        mistake.ifPresent(reason -> problems.add(new ConfigurationProblem(LinkConfig.PID, "security", reason)));
        current.problem().ifPresent(reason -> problems.add(new ConfigurationProblem(LinkConfig.PID, "", reason)));
        return List.copyOf(problems);
    }

    @Override
    public synchronized void close() {
        current.close();
    }
}
