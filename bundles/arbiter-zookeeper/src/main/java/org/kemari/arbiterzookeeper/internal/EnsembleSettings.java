package org.kemari.arbiterzookeeper.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the ensemble is reached.
 *
 * @param servers empty: the engine is not in use
 * @param root znode below which the records are; absolute, not {@code /}
 * @param sessionTimeout what is asked of the server; it may grant less or more
 * @param requestTimeout longest time that a caller waits
 * @param login for digest authentication
 * @param saslContext name of the JAAS context for SASL authentication
 * @param tls how the connection is secured; empty: it is not
 */
record EnsembleSettings(
        List<ServerAddress> servers,
        String root,
        Duration sessionTimeout,
        Duration requestTimeout,
        Optional<Login> login,
        Optional<String> saslContext,
        Optional<Tls> tls) {
    static final String PID = "org.kemari.arbiter.zookeeper";

    private static final Pattern ROOT = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

    /** User and password. */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return "user " + user;
        }
    }

    /** A PKCS#12 file and its password. */
    record KeyStoreFile(Path file, String password) {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /**
     * A secured connection.
     *
     * @param keys certificate and key of this host; empty: it shows none
     * @param trusted the authorities whose certificates are believed
     * @param verifyHostName whether the server's certificate has to name the server
     */
    record Tls(Optional<KeyStoreFile> keys, KeyStoreFile trusted, boolean verifyHostName) {}

    EnsembleSettings {
        servers = List.copyOf(servers);
    }

    /** Whether only this user may read and change the records. */
    boolean restricted() {
        return login.isPresent() || saslContext.isPresent();
    }

    /**
     * Parses a configuration.
     *
     * @throws IllegalArgumentException if something is wrong with it; the message has the key
     */
    static EnsembleSettings parse(Map<String, Object> properties) {
        Values values = new Values(properties);
        List<ServerAddress> servers = values.list("connect").stream()
                .map(text -> ServerAddress.parse("connect", text))
                .toList();
        String root = values.text("root").orElse("/kemari");
        if (!ROOT.matcher(root).matches() || root.equals("/zookeeper") || root.startsWith("/zookeeper/")) {
            throw Values.refusal("root", "'" + root + "' is not the path of a znode for records");
        }
        return new EnsembleSettings(
                servers,
                root,
                values.duration("sessionTimeout", Duration.ofSeconds(6), Duration.ofSeconds(1), Duration.ofMinutes(1)),
                values.duration(
                        "requestTimeout", Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofSeconds(10)),
                login(values),
                values.text("saslContext"),
                tls(values));
    }

    private static Optional<Login> login(Values values) {
        Optional<String> user = values.text("user");
        Optional<String> password = values.text("password");
        if (user.isPresent() != password.isPresent()) {
            throw Values.refusal(user.isPresent() ? "password" : "user", "user and password belong together");
        }
        if (user.filter(name -> name.indexOf(':') >= 0).isPresent()) {
            throw Values.refusal("user", "it must not have a colon");
        }
        return user.map(name -> new Login(name, password.orElseThrow()));
    }

    private static Optional<Tls> tls(Values values) {
        if (!values.flag("tls", false)) {
            return Optional.empty();
        }
        KeyStoreFile trusted = store(values, "trustStore")
                .orElseThrow(() -> Values.refusal("trustStore", "it is needed with tls = true"));
        return Optional.of(new Tls(store(values, "keyStore"), trusted, values.flag("verifyHostName", true)));
    }

    private static Optional<KeyStoreFile> store(Values values, String key) {
        return values.path(key).map(file -> {
            if (!Files.isReadable(file)) {
                throw Values.refusal(key, "there is no readable file " + file);
            }
            return new KeyStoreFile(file, values.text(key + "Password").orElse(""));
        });
    }
}
