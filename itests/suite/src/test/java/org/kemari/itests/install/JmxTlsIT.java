package org.kemari.itests.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Shell;
import org.kemari.itests.lab.UnpackedKaraf;

/** JMX with TLS as the guide says, and a console that others have written. */
class JmxTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SERVER_PORT = 44444;
    private static final String URL = "service:jmx:rmi://127.0.0.1:44444/jndi/rmi://127.0.0.1:1099/karaf-root";
    private static final String LOOK = "get -b org.kemari:type=Host Name";
    private static final String SEEN = "Name = east";

    private static UnpackedKaraf karaf;
    private static Path authority;

    @BeforeAll
    static void start() throws Exception {
        try (Stream<Path> files = Files.list(Lab.projectRoot().resolve("features/assembly/target"))) {
            Path tarball = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
            karaf = UnpackedKaraf.unpack(Lab.shared(), "jmx-tls", tarball);
        }
        authority = karaf.home().resolve("ca");
        Files.writeString(karaf.etc().resolve("org.kemari.host.cfg"), "\nname = east\n", StandardOpenOption.APPEND);
        Files.writeString(
                karaf.etc().resolve("org.apache.karaf.management.cfg"),
                "\nsecured = true\nenabledProtocols = TLSv1.3\nkeyStore = kemari\ntrustStore = kemari\n",
                StandardOpenOption.APPEND);
        certs("init");
        certs("host", "east", "--also", "127.0.0.1");
        Files.move(authority.resolve("east"), karaf.etc().resolve("kemari/tls"));
        Shell.run(List.of(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-importcert",
                "-noprompt",
                "-alias",
                "kemari",
                "-file",
                authority.resolve("ca.pem").toString(),
                "-keystore",
                authority.resolve("trust.p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "password"));
        karaf.launch();
        awaitSeen();
    }

    private static void certs(String command, String... words) {
        List<String> all =
                new ArrayList<>(List.of(karaf.home().resolve("bin/certs").toString(), command, authority.toString()));
        all.addAll(List.of(words));
        Shell.run(all);
    }

    @AfterAll
    static void end() {
        if (karaf != null) {
            karaf.saveLog(Path.of("target/karaf"));
            karaf.close();
        }
    }

    private static void awaitSeen() throws Exception {
        Await.until("a console that trusts the CA sees Kemari", PATIENCE, () -> jmxterm(true, LOOK)
                .contains(SEEN));
    }

    /** What jmxterm says, with the CA among those that it trusts or without. */
    private static String jmxterm(boolean trusting, String command) throws Exception {
        Path script = Files.writeString(karaf.home().resolve("script"), command + "\nquit\n");
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        words.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        if (trusting) {
            words.add("-Djavax.net.ssl.trustStore=" + authority.resolve("trust.p12"));
            words.add("-Djavax.net.ssl.trustStorePassword=password");
        }
        words.addAll(List.of("-jar", "target/tools/jmxterm.jar", "-l", URL, "-u", "operator", "-p", "operator", "-n"));
        words.addAll(List.of("-i", script.toString()));
        return Shell.tryRun(words).text();
    }

    @Test
    void whoever_does_not_know_the_authority_does_not_connect() throws Exception {
        assertThat(jmxterm(false, LOOK)).contains("SSLHandshakeException").doesNotContain(SEEN);
    }

    /** Nothing but TLS 1.3 is understood at the port: neither RMI in clear text nor an older TLS. */
    @Test
    void only_tls_is_spoken() throws Exception {
        try (Socket clear = new Socket("127.0.0.1", SERVER_PORT)) {
            clear.setSoTimeout((int) PATIENCE.toMillis());
            // the begin of Java's protocol for RMI, version 2, as a stream; it would be acknowledged with 'N'
            clear.getOutputStream().write("JRMI\0\2K".getBytes(StandardCharsets.US_ASCII));
            assertThat(clear.getInputStream().read()).isNotEqualTo('N');
        }
        assertThat(handshake("TLSv1.3")).isEqualTo("TLSv1.3");
        assertThatThrownBy(() -> handshake("TLSv1.2")).isInstanceOf(SSLException.class);
    }

    private static String handshake(String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(authority.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", SERVER_PORT)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    /** A new certificate is in force when the connector has been begun anew, and the connector can be. */
    @Test
    void it_can_be_restarted_and_so_can_the_bundle_that_has_the_certificates() throws Exception {
        String restart = "run -b org.apache.karaf:type=bundle,name=root restart ";
        jmxterm(true, restart + "org.kemari.link");
        awaitSeen();
        // who asks for it loses the connection
        jmxterm(true, restart + "org.apache.karaf.management.server");
        awaitSeen();
    }
}
