package org.kemari.itests.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KarafConsole;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.UnpackedKaraf;

/** Kemari comes into a Karaf that knows nothing of it, and goes again, without any network. */
class StockKarafIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path FEATURES = Lab.projectRoot().resolve("features");
    private static final Path CONFIG = Lab.projectRoot().resolve("config/etc");

    private static UnpackedKaraf karaf;
    private static KarafConsole console;

    private Map<String, String> before;
    private TreeSet<String> repositoriesBefore;

    @BeforeAll
    static void start() throws Exception {
        karaf = UnpackedKaraf.unpack(Lab.shared(), "stock", Path.of("target/karaf/apache-karaf.tar.gz"));
        // the build's own repository, and nobody's else
        Path settings = karaf.etc().resolve("org.ops4j.pax.url.mvn.cfg");
        Files.writeString(
                settings,
                Files.readString(settings).replaceFirst("(?s)\norg.ops4j.pax.url.mvn.repositories=.*?[^\\\\]\n", "\n")
                        + "\norg.ops4j.pax.url.mvn.repositories = "
                        + FEATURES.resolve("kar/target/kar/repository").toUri() + "@id=build@snapshots"
                        + "\norg.ops4j.pax.url.mvn.localRepository = "
                        + karaf.home().resolve("data/m2") + "\n");
        // as the guide tells: else Karaf takes etc/kemari for a bundle to be wrapped
        Files.writeString(
                karaf.etc().resolve("custom.properties"),
                "\nfelix.fileinstall.subdir.mode = skip\n",
                StandardOpenOption.APPEND);
        karaf.start();
        console = new KarafConsole(karaf.console());
        Await.until("Karaf has started all it has", PATIENCE, () -> console.bundles().values().stream()
                .allMatch(state -> state.equals("Active") || state.equals("Resolved")));
    }

    @AfterAll
    static void end() {
        if (karaf != null) {
            karaf.saveLog(Path.of("target/karaf"));
            karaf.close();
        }
    }

    @BeforeEach
    void look() throws Exception {
        before = console.bundles();
        repositoriesBefore = console.repositories();
        assertThat(before.keySet()).noneMatch(name -> name.contains("kemari"));
    }

    @AfterEach
    void nothing_of_kemari_is_left() throws Exception {
        Await.until("its bundles are gone", PATIENCE, () -> console.bundles()
                .keySet()
                .equals(before.keySet()));
        Await.until("its threads have ended", PATIENCE, () -> console.threads().stream()
                .noneMatch(name -> name.startsWith("kemari")));
        assertThat(karaf.console().names()).isEmpty();
        assertThat(console.repositories()).isEqualTo(repositoriesBefore);
    }

    @Test
    void the_kar_brings_everything() throws Exception {
        Path kar = kar();
        Path arriving = karaf.home().resolve("data/tmp").resolve(kar.getFileName());
        Files.copy(kar, arriving);
        Files.move(arriving, karaf.home().resolve("deploy").resolve(kar.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        awaitKemari();
        console.uninstallKar(kar.getFileName().toString().replace(".kar", ""));
        Files.delete(karaf.home().resolve("deploy").resolve(kar.getFileName()));
    }

    @Test
    void the_umbrella_feature_brings_everything_and_overwrites_nothing() throws Exception {
        String mine = "# mine\nsecurity = tls\n";
        Files.writeString(karaf.etc().resolve("org.kemari.link.cfg"), mine);
        console.addRepository(repository());
        console.install("kemari");
        awaitKemari();
        assertThat(karaf.etc().resolve("org.kemari.link.cfg")).hasContent(mine);
        for (String file : new String[] {
            "org.kemari.host.cfg", "org.kemari.arbiter.zookeeper.cfg", "kemari/examples/kernel-boot.yaml"
        }) {
            assertThat(karaf.etc().resolve(file)).hasSameTextualContentAs(CONFIG.resolve(file));
        }
        console.uninstall("kemari");
        console.removeRepository(repository());
    }

    @Test
    void a_witness_is_a_server_and_nothing_else() throws Exception {
        console.addRepository(repository());
        console.install("kemari-witness");
        Await.until("the witness serves", PATIENCE, () -> serverStatus().contains("Mode: standalone"));
        Set<String> bundles = new TreeSet<>(console.bundles().keySet());
        bundles.removeIf(name -> !name.startsWith("org.kemari."));
        assertThat(bundles).containsExactly("org.kemari.api", "org.kemari.arbiter-zookeeper");
        console.uninstall("kemari-witness");
        console.removeRepository(repository());
        Await.until("the server has ended", PATIENCE, () -> console.threads().stream()
                .noneMatch(name -> name.contains("2181")));
        Files.delete(karaf.etc().resolve("org.kemari.arbiter.zookeeper.server.cfg"));
    }

    private static String serverStatus() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", 2181)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String repository() throws Exception {
        return "mvn:org.kemari/kemari-features/" + version() + "/xml/features";
    }

    private static String version() throws Exception {
        return kar().getFileName().toString().replaceAll("^kemari-|\\.kar$", "");
    }

    private static Path kar() throws Exception {
        try (Stream<Path> files = Files.list(FEATURES.resolve("kar/target"))) {
            return files.filter(file -> file.toString().endsWith(".kar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void awaitKemari() throws Exception {
        Await.until(
                "Kemari's MBeans answer",
                PATIENCE,
                () -> !karaf.console().host().getName().isEmpty());
        Map<String, String> states = new TreeMap<>(console.bundles());
        states.keySet().removeAll(before.keySet());
        assertThat(states).hasSizeGreaterThan(20);
        Await.until("all are active", PATIENCE, () -> console.bundles().entrySet().stream()
                .filter(bundle -> states.containsKey(bundle.getKey()))
                .allMatch(bundle -> bundle.getValue().equals("Active")
                        // fragments of the HTTP server
                        || bundle.getKey().startsWith("org.ops4j.pax.web.pax-web-compatibility")));
        assertThat(console.components()).hasSizeGreaterThan(10);
        Await.until("all components are satisfied", PATIENCE, () -> console.unsatisfiedComponents()
                .isEmpty());
        assertThat(karaf.console().names())
                .contains(new ObjectName("org.kemari:type=Host"), new ObjectName("org.kemari:type=Arbiter"));
        Await.until("the page is served", PATIENCE, StockKarafIT::pageIsServed);
        assertThat(karaf.listening())
                .filteredOn(address -> address.endsWith(":8181"))
                .singleElement()
                .asString()
                .contains("127.0.0.1");
    }

    private static boolean pageIsServed() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:8181/kemari/"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body()
                .contains("<title>Kemari</title>");
    }
}
