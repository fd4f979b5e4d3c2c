package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.config.HostAddress;

/** Whoever should not get a link gets none, at once, and both ends say why in a line. */
@Timeout(120)
class TlsRefusalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int STRANGERS = 4;

    @TempDir
    static Path directory;

    private static Authority ours;
    private static Authority theirs;
    private static Path westStores;
    private static Path eastStores;

    private final List<TlsSecurity> securities = new ArrayList<>();
    private Fixture west;
    private Lines lines;

    @BeforeAll
    static void makeCertificates() throws Exception {
        ours = Authority.in(directory.resolve("ours"));
        theirs = Authority.in(directory.resolve("theirs"));
        westStores = ours.host("west");
        eastStores = ours.host("east", "-ext", "san=dns:east");
    }

    @BeforeEach
    void open() {
        lines = new Lines();
        west = listen(westStores);
    }

    @AfterEach
    void close() {
        west.close();
        securities.forEach(TlsSecurity::close);
        lines.close();
    }

    private Fixture listen(Path stores) {
        Fixture fixture = new Fixture(Duration.ofMillis(1500), STRANGERS, security("west", stores));
        fixture.acceptors.put("echo", link -> {});
        return fixture;
    }

    private TlsSecurity security(String host, Path stores) {
        TlsSecurity security = new TlsSecurity(host, Authority.settings(stores), Duration.ofMillis(20), Duration.ZERO);
        securities.add(security);
        return security;
    }

    private String refusal(LinkConnector caller) {
        Throwable thrown = catchThrowable(() -> caller.connect("west", "echo", PATIENCE));
        assertThat(thrown).isInstanceOf(IOException.class);
        return thrown.getMessage();
    }

    @Test
    void thoseWhoBelongTogetherGetALink() throws Exception {
        west.caller("east", security("east", eastStores))
                .connect("west", "echo", PATIENCE)
                .close();
        assertThat(lines.with("refused")).isEmpty();
    }

    @Test
    void anotherCa() throws Exception {
        LinkConnector stranger = west.caller("east", security("east", theirs.host("east")));
        assertThat(refusal(stranger))
                .contains("the certificate of host west, issued by CN=ours, is not signed by a CA in")
                .contains("same CA");
        lines.await("the caller does not accept this host's certificate for host west");
        refusal(stranger);
        assertThat(lines.with("No link to host west")).hasSize(1);
        assertThat(lines.with("Connection from")).hasSize(1);
    }

    @Test
    void aCallerFromAnotherCaThatTrustsOurs() throws Exception {
        Path mixed = theirs.host("east");
        ours.trustedBy(mixed);
        assertThat(refusal(west.caller("east", security("east", mixed))))
                .contains("host west does not accept this host's certificate for host east, issued by CN=theirs");
        lines.await("the certificate of host east, issued by CN=theirs, is not signed by a CA in");
    }

    @Test
    void anExpiredCertificateOfTheCaller() throws Exception {
        Path old = ours.host("east", "-startdate", "-10d", "-validity", "5");
        assertThat(refusal(west.caller("east", security("east", old))))
                .contains("the certificate of this host, east, in")
                .containsPattern("expired on 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC: make")
                .contains("make a new one");
        lines.await("There are no links between hosts: ");
    }

    @Test
    void certificatesThatExpireWhileTheyAreUsed() throws Exception {
        Path brief = ours.host("west", "-startdate", "-1d+3S", "-validity", "1");
        try (Fixture fixture = listen(brief)) {
            LinkConnector caller = fixture.caller("east", security("east", eastStores));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> catchThrowable(() -> caller.connect("west", "echo", PATIENCE)) != null);
            assertThat(refusal(caller)).contains("the certificate of host west expired on");
            lines.await("because it is out of date: the certificate of this host, west");
        }
    }

    @Test
    void noCertificateAtAll() throws Exception {
        assertThat(talk(null, "TLSv1.3")).isEmpty();
        lines.await("the caller shows no certificate");
    }

    @Test
    void nothingOlderThanTls13() throws Exception {
        assertThat(talk(eastStores, "TLSv1.2")).isEmpty();
        lines.await("the caller offers no TLS 1.3");
    }

    @Test
    void theNameInTheCertificateIsTheNameThatCounts() throws Exception {
        TlsSecurity north = security("north", ours.host("north"));
        LinkConnector liar = new LinkConnector(
                () -> Fixture.settings("east", new HostAddress("127.0.0.1", 1), Map.of("west", List.of(west.address))),
                () -> north);
        assertThat(refusal(liar))
                .contains("the caller says that it is host east, but its certificate is for host north");
        lines.await("the caller says that it is host east, but its certificate is for host north");
    }

    @Test
    void theHostThatWasMeantIsTheHostThatAnswers() {
        LinkConnector misled = new LinkConnector(
                () -> Fixture.settings("east", new HostAddress("127.0.0.1", 1), Map.of("south", List.of(west.address))),
                () -> security("east", eastStores));
        assertThatThrownBy(() -> misled.connect("south", "echo", PATIENCE))
                .hasMessageContaining("host south was called, but the certificate there is for host west");
        lines.await("it wanted another host");
    }

    @Test
    void clearTextMeetsTls() {
        assertThat(refusal(west.caller("east", new ClearText()))).contains("host west takes TLS only");
        lines.await("the caller speaks in clear text");
    }

    @Test
    void tlsMeetsClearText() {
        try (Fixture clear = new Fixture(Duration.ofMillis(1500), STRANGERS)) {
            assertThat(refusal(clear.caller("east", security("east", eastStores))))
                    .contains("host west speaks in clear text, and this host speaks TLS");
            lines.await("the other end speaks TLS, and this host is set to clear text");
        }
    }

    @Test
    void withoutStoresThereIsAReason() {
        Path nothing = directory.resolve("nothing");
        assertThat(refusal(west.caller("east", security("east", nothing))))
                .contains("this host makes no links: the password file")
                .contains("there is no such file")
                .contains("./kemari certs");
        try (Fixture bare = listen(nothing)) {
            assertThat(refusal(bare.caller("east", security("east", eastStores))))
                    .contains("host west ended the connection during the TLS handshake");
            lines.await("refused: this host makes no links");
        }
    }

    @Test
    void garbageAndSlowCallersAreCutOff() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            if (i % 2 == 0 && bytes.length > 6) {
                // the head of a handshake record, and then anything
                System.arraycopy(new byte[] {22, 3, 1, (byte) random.nextInt(8), bytes[4], 1}, 0, bytes, 0, 6);
            }
            try (Socket socket = new Socket(west.address.address(), west.address.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                swallow(socket);
            }
        }
        Socket[] slow = new Socket[STRANGERS + 3];
        for (int i = 0; i < slow.length; i++) {
            slow[i] = new Socket(west.address.address(), west.address.port());
            slow[i].setSoTimeout(10_000);
            slow[i].getOutputStream().write(22);
        }
        assertThat(west.dispatcher.connections()).hasSizeLessThanOrEqualTo(STRANGERS);
        for (Socket socket : slow) {
            try (socket) {
                swallow(socket);
            }
        }
        Awaitility.await().until(() -> west.dispatcher.connections().isEmpty());
        west.caller("east", security("east", eastStores))
                .connect("west", "echo", PATIENCE)
                .close();
    }

    @Test
    void settingsThatCannotBeUsedSayWhy() throws Exception {
        Path stores = ours.host("east", "-ext", "san=dns:elsewhere");
        assertThat(loading("east", stores)).contains("is for host elsewhere, and this is host east");
        Files.writeString(stores.resolve("password"), "wrong");
        assertThat(loading("east", stores)).contains("host.p12").contains("the password is wrong");
        Files.write(stores.resolve("host.p12"), new byte[100]);
        assertThat(loading("east", stores)).contains("the key store").contains("cannot be read");
        Path swapped = ours.host("east");
        Files.copy(
                swapped.resolve("ca.p12"),
                swapped.resolve("host.p12"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(loading("east", swapped)).contains("has no private key");
    }

    private static String loading(String host, Path stores) {
        return catchThrowable(() -> TlsIdentity.load(host, Authority.settings(stores)))
                .getMessage();
    }

    /** Calls west as another TLS client might, and returns what there is to read in the end. */
    private String talk(Path stores, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        char[] password = Authority.PASSWORD.toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = stores == null ? null : Files.newInputStream(stores.resolve("host.p12"))) {
            store.load(in, password);
        }
        keys.init(store, password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(eastStores.resolve("ca.p12"))) {
            authorities.load(in, password);
        }
        trust.init(authorities);
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(west.address.address(), west.address.port())) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write(new Preamble("east", "west", "echo").encode());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return "";
        }
    }

    private static void swallow(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // a reset: as good an end as any
            return;
        }
    }
}
