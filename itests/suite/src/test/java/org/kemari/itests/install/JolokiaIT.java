package org.kemari.itests.install;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KarafConsole;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.UnpackedKaraf;

/** Kemari's MBeans over HTTP, by Karaf's own feature {@code jolokia} in a Karaf as it comes: what the guide says of it. */
class JolokiaIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path FEATURES = Lab.projectRoot().resolve("features");

    private static final String SET = "write/org.kemari:type=Thresholds/HysteresisPercent";

    private static final String FORBIDDEN = "\"status\":403";

    private static UnpackedKaraf karaf;

    @BeforeAll
    static void start() throws Exception {
        karaf = UnpackedKaraf.unpack(Lab.shared(), "jolokia", Path.of("target/karaf/apache-karaf.tar.gz"));
        Path settings = karaf.etc().resolve("org.ops4j.pax.url.mvn.cfg");
        Files.writeString(
                settings,
                Files.readString(settings).replaceFirst("(?s)\norg.ops4j.pax.url.mvn.repositories=.*?[^\\\\]\n", "\n")
                        + "\norg.ops4j.pax.url.mvn.repositories = "
                        + FEATURES.resolve("kar/target/kar/repository").toUri() + "@id=build@snapshots, "
                        + Path.of("target/jolokia").toUri() + "@id=jolokia"
                        + "\norg.ops4j.pax.url.mvn.localRepository = "
                        + karaf.home().resolve("data/m2") + "\n");
        Files.writeString(
                karaf.etc().resolve("custom.properties"),
                "\nfelix.fileinstall.subdir.mode = skip\n",
                StandardOpenOption.APPEND);
        Files.writeString(
                karaf.etc().resolve("users.properties"),
                "\nviewer = viewer,viewer\nmanager = manager,manager\nadmin = admin,admin\nstranger = stranger,guest\n",
                StandardOpenOption.APPEND);
        karaf.start();
        KarafConsole console = new KarafConsole(karaf.console());
        console.awaitFeatures(PATIENCE);
        try (Stream<Path> files = Files.list(FEATURES.resolve("kar/target"))) {
            Path kar = files.filter(file -> file.toString().endsWith(".kar"))
                    .findFirst()
                    .orElseThrow();
            String version = kar.getFileName().toString().replaceAll("^kemari-|\\.kar$", "");
            console.addRepository("mvn:org.kemari/kemari-features/" + version + "/xml/features");
        }
        console.install("kemari-management");
        console.install("kemari-host");
        // it wants a web server, and says only that
        console.install("http");
        console.install("jolokia");
        Await.until("Jolokia answers", PATIENCE, () -> read("admin", "type=Host/Name")
                .contains("\"value\":\""));
    }

    @AfterAll
    static void end() {
        if (karaf != null) {
            karaf.saveLog(Path.of("target/karaf"));
            karaf.close();
        }
    }

    /** What the guide warns of. */
    @Test
    void whoever_can_log_in_may_do_everything_unless_a_policy_forbids_it() throws Exception {
        expect("nobody", "read/org.kemari:type=Host/Name", "401 ");
        for (String user : List.of("admin", "manager", "viewer", "stranger")) {
            expect(user, "read/org.kemari:type=Host/CheckTable", "\"level\":\"OK\"");
            expect(user, SET + "/11", "\"status\":200");
            expect(user, SET + "/99", "hysteresisPercent is 99; expected 0 to 90");
        }
        Files.writeString(
                karaf.etc().resolve("org.jolokia.osgi.cfg"),
                "org.jolokia.user = karaf\norg.jolokia.realm = karaf\norg.jolokia.authMode = jaas\n"
                        + "org.jolokia.policyLocation = "
                        + karaf.etc().resolve("kemari/jolokia-access.xml").toUri() + "\n");
        Await.until("Jolokia only shows", PATIENCE, 500, () -> {
            restart();
            return get("admin", SET + "/12").contains(FORBIDDEN);
        });
        for (String user : List.of("admin", "viewer", "stranger")) {
            expect(user, "read/org.kemari:type=Host/Name", "\"value\":\"");
            expect(user, SET + "/12", FORBIDDEN);
            expect(user, "exec/org.kemari:type=Host/evacuate", FORBIDDEN);
            expect(user, "exec/org.apache.karaf:type=system,name=root/halt", FORBIDDEN);
            expect(user, "read/org.apache.karaf:type=config,name=root/Configs", FORBIDDEN);
        }
    }

    /** The web server comes and goes while its parts arrive. */
    private static void expect(String user, String what, String part) throws Exception {
        String[] last = {""};
        try {
            Await.until(user + " is answered " + part, PATIENCE, () -> {
                last[0] = get(user, what);
                return last[0].contains(part);
            });
        } catch (TimeoutException e) {
            throw new AssertionError(e.getMessage() + "; " + what + " is answered " + last[0], e);
        }
    }

    private static void restart() throws Exception {
        karaf.console()
                .server()
                .invoke(
                        new ObjectName("org.apache.karaf:type=bundle,name=root"),
                        "restart",
                        new Object[] {"org.jolokia.osgi"},
                        new String[] {String.class.getName()});
        Await.until("Jolokia answers", PATIENCE, () -> read("admin", "type=Host/Name")
                .contains("\"value\":\""));
    }

    private static String read(String user, String what) throws Exception {
        return get(user, "read/org.kemari:" + what);
    }

    private static String get(String user, String what) throws Exception {
        String credentials = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:8181/jolokia/" + what))
                .header("Authorization", "Basic " + credentials)
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
