package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** The distribution's server asks for certificates, or for a password. */
class SecurityTest {
    private static final OwnershipRecord FIRST = OwnershipRecord.first("web", "east");
    private static final String PASSWORD = "changeit";

    private final Fixture fixture = new Fixture();

    @TempDir
    private Path directory;

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    @Test
    void a_secured_connection_shows_and_asks_for_certificates() throws Exception {
        int port = Fixture.freePort();
        Path server = identity("server", "ip:127.0.0.1");
        Path host = identity("host", "dns:east");
        Path serverTrusts = trust("server-trusts", "host");
        Path hostTrusts = trust("host-trusts", "server");
        try (DebianServer running = new DebianServer(
                directory.resolve("zk"),
                List.of("secureClientPort=" + port),
                List.of(
                        "-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "-Dzookeeper.ssl.keyStore.location=" + server,
                        "-Dzookeeper.ssl.keyStore.password=" + PASSWORD,
                        "-Dzookeeper.ssl.trustStore.location=" + serverTrusts,
                        "-Dzookeeper.ssl.trustStore.password=" + PASSWORD))) {
            assertThat(running).isNotNull();
            ZooKeeperArbiter good = fixture.arbiter("127.0.0.1:" + port, tls(Optional.of(host), hostTrusts));
            Fixture.awaitReachable(good, true);
            assertThat(good.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
            assertThat(good.read("web")).contains(FIRST);

            // a server that is not the one we trust; no certificate of our own; no TLS at all; another name
            for (ZooKeeperArbiter bad : List.of(
                    fixture.arbiter("127.0.0.1:" + port, tls(Optional.of(host), serverTrusts)),
                    fixture.arbiter("127.0.0.1:" + port, tls(Optional.empty(), hostTrusts)),
                    fixture.arbiter("127.0.0.1:" + port),
                    fixture.arbiter("localhost:" + port, tls(Optional.of(host), hostTrusts)))) {
                Awaitility.await()
                        .atMost(Fixture.PATIENCE)
                        .until(() -> bad.state().reason().contains("the last one tried"));
                assertThat(bad.state().reachable()).isFalse();
                assertThat(bad.state().reason()).doesNotContain(PASSWORD);
                bad.close();
            }
            List<String> unverified = new ArrayList<>(Arrays.asList(tls(Optional.of(host), hostTrusts)));
            unverified.addAll(List.of("verifyHostName", "false"));
            Fixture.awaitReachable(fixture.arbiter("localhost:" + port, unverified.toArray(String[]::new)), true);
        }
    }

    private static String[] tls(Optional<Path> keys, Path trusted) {
        List<String> settings = new ArrayList<>(
                List.of("tls", "true", "trustStore", trusted.toString(), "trustStorePassword", PASSWORD));
        keys.ifPresent(file -> settings.addAll(List.of("keyStore", file.toString(), "keyStorePassword", PASSWORD)));
        return settings.toArray(String[]::new);
    }

    /** A key with a certificate that vouches for itself. */
    private Path identity(String name, String subject) throws IOException, InterruptedException {
        Path store = directory.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + subject,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString());
        keytool(
                "-exportcert",
                "-alias",
                name,
                "-keystore",
                store.toString(),
                "-file",
                directory.resolve(name + ".cer").toString());
        return store;
    }

    private Path trust(String name, String trusted) throws IOException, InterruptedException {
        Path store = directory.resolve(name + ".p12");
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                trusted,
                "-file",
                directory.resolve(trusted + ".cer").toString(),
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString());
        return store;
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
    }

    @Test
    void a_password_is_proved_over_sasl() throws Exception {
        int port = Fixture.freePort();
        Path jaas = directory.resolve("jaas.conf");
        Files.writeString(
                jaas, "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_kemari=\"good\"; };");
        try (DebianServer running = new DebianServer(
                directory.resolve("zk"),
                List.of("clientPort=" + port, "clientPortAddress=127.0.0.1"),
                List.of(
                        "-Dzookeeper.authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
                        "-Djava.security.auth.login.config=" + jaas))) {
            assertThat(running).isNotNull();
            Configuration before = contexts();
            try {
                ZooKeeperArbiter good = fixture.connectedArbiter(port, "saslContext", "good");
                assertThat(good.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
                assertThat(good.read("web")).contains(FIRST);
                for (ZooKeeperArbiter bad : List.of(
                        fixture.arbiter("127.0.0.1:" + port, "saslContext", "bad"),
                        fixture.arbiter("127.0.0.1:" + port))) {
                    Awaitility.await()
                            .atMost(Fixture.PATIENCE)
                            .until(() -> bad.state().reason().contains("the last one tried"));
                    assertThat(bad.state().reachable()).isFalse();
                    bad.close();
                }
            } finally {
                fixture.close();
                Configuration.setConfiguration(before);
            }
        }
    }

    /** Contexts as a container has them. */
    private static Configuration contexts() {
        Configuration before = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return null;
            }
        };
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return name.equals("good") || name.equals("bad")
                        ? new AppConfigurationEntry[] {
                            new AppConfigurationEntry(
                                    "org.apache.zookeeper.server.auth.DigestLoginModule",
                                    AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
                                    Map.of("username", "kemari", "password", name))
                        }
                        : null;
            }
        });
        return before;
    }
}
