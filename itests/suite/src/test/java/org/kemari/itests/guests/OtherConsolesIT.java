package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** Consoles that others have written, in processes of their own that know no class of Kemari. */
class OtherConsolesIT extends GuestCase {
    private static final int EXPORTER_PORT = 19404;

    @TempDir
    private Path directory;

    private final KemariHost east = guests.east();
    private DomainSpec domain;

    @BeforeEach
    void guest() throws Exception {
        domain = domain("seen").commandLine("kemari.data=none").standbys("west").automatic(true);
        startGuest(domain, east).close();
        east.console().awaitState(domain.name(), PATIENCE, "PROTECTED");
    }

    private Process java(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC"));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String output() throws Exception {
        return Files.readString(directory.resolve("output"));
    }

    private static String tool(String name) {
        return Path.of("target/tools").resolve(name).toAbsolutePath().toString();
    }

    @Test
    void prometheus_scrapes_what_the_example_says() throws Exception {
        Path example = Lab.projectRoot().resolve("config/etc/kemari/prometheus/exporter.yaml");
        String yaml = Files.readString(example)
                .replaceFirst("(?m)^jmxUrl: .*", "jmxUrl: " + east.jmxUrl())
                .replaceFirst("(?m)^username: .*", "username: viewer")
                .replaceFirst("(?m)^password: .*", "password: viewer");
        Path config = Files.writeString(directory.resolve("exporter.yaml"), yaml);
        Process exporter =
                java(List.of("-jar", tool("jmx_prometheus_httpserver.jar"), "" + EXPORTER_PORT, config.toString()));
        String[] page = {""};
        try {
            Await.until("the exporter answers", PATIENCE, () -> {
                if (!exporter.isAlive()) {
                    throw new Await.AbortWaiting("the exporter has ended: " + output());
                }
                page[0] = scrape();
                // figures of a pair that has just become one come with the next checkpoints
                return page[0].contains("kemari_transfer_pause_seconds{")
                        && value(page[0], "kemari_domain_protected") == 1
                        && value(page[0], "kemari_transfer_checkpoints_total") > 0;
            });
            assertFigures(page[0]);
            assertAlertsKnow(page[0]);
        } finally {
            Path kept = Files.createDirectories(Path.of("target/guest-logs"));
            Files.writeString(kept.resolve("prometheus.txt"), page[0] + output());
            exporter.destroy();
            exporter.waitFor();
            stop(domain, east);
        }
    }

    private static String scrape() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + EXPORTER_PORT + "/metrics"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        return answer.body();
    }

    private void assertFigures(String page) throws Exception {
        assertThat(value(page, "jmx_scrape_error")).isZero();
        assertThat(value(page, "kemari_host_check_level")).isBetween(0.0, 2.0);
        assertThat(value(page, "kemari_arbiter_reachable")).isEqualTo(1);
        assertThat(value(page, "kemari_peer_alive{peer=\"west\"")).isEqualTo(1);
        assertThat(value(page, "kemari_domain_generation")).isPositive();
        assertThat(value(page, "kemari_domain_takeovers_total")).isZero();
        assertThat(value(page, "kemari_domain_memory_bytes")).isEqualTo(256 << 20);
        assertThat(value(page, "kemari_transfer_bytes_total")).isGreaterThan(1 << 20);
        assertThat(page)
                .contains("kemari_domain_state{domain=\"" + domain.name() + "\",value=\"PROTECTED\",} 1.0")
                .contains("kemari_domain_role{domain=\"" + domain.name() + "\",value=\"PRIMARY\",} 1.0")
                .contains("kemari_host_name_info{value=\"east\",} 1.0");
        for (String quantile : List.of("0.50", "0.95", "0.99")) {
            assertThat(value(
                            page,
                            "kemari_transfer_pause_seconds{domain=\"" + domain.name() + "\",quantile=\"" + quantile))
                    .isBetween(0.0, 100.0);
        }
        assertThat(page).contains("kemari_tap_hold_seconds{").contains("quantile=\"0.99\"");
        // all of the example's metrics but those that not every host has, each with its help
        Set<String> missing = new TreeSet<>();
        Pattern.compile("(?m)^    name: ([a-z_]+)$")
                .matcher(Files.readString(Lab.projectRoot().resolve("config/etc/kemari/prometheus/exporter.yaml")))
                .results()
                .map(match -> match.group(1))
                .filter(name -> !page.contains("# HELP " + name.replaceFirst("_total$", "")))
                .forEach(missing::add);
        assertThat(missing).isSubsetOf("kemari_domain_last_takeover_seconds");
    }

    private static void assertAlertsKnow(String page) throws Exception {
        String alerts = Files.readString(Lab.projectRoot().resolve("config/etc/kemari/prometheus/alerts.yaml"));
        Set<String> used = new TreeSet<>();
        Pattern.compile("(?m)^ +expr: (.*)$").matcher(alerts).results().forEach(expression -> Pattern.compile(
                        "(kemari|jmx)_[a-z_]+")
                .matcher(expression.group(1))
                .results()
                .forEach(name -> used.add(name.group())));
        assertThat(used).hasSizeGreaterThan(5).allSatisfy(name -> assertThat(page)
                .contains("\n" + name));
    }

    /** Of the first sample whose line begins so. */
    private static double value(String page, String start) {
        return page.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1.0);
    }

    @Test
    void jmxterm_shows_and_operates() throws Exception {
        String bean = "org.kemari:name=" + domain.name() + ",type=Domain";
        Path script = Files.writeString(
                directory.resolve("script"),
                String.join(
                        "\n",
                        "beans -d org.kemari",
                        "bean " + bean,
                        "info",
                        "get State Reason Generation StateChanges",
                        "get -b org.kemari:type=Host Peers CheckTable",
                        "get -b org.kemari:domain=" + domain.name() + ",type=StateTransfer Pause",
                        "run start",
                        "run -b " + bean + " protect nowhere",
                        "run -b org.kemari:type=Host reloadConfiguration",
                        "set -b org.kemari:type=Thresholds HoldP99LimitMillis -1",
                        "run unprotect",
                        "quit"));
        Process jmxterm = java(List.of(
                "-jar",
                tool("jmxterm.jar"),
                "-l",
                east.jmxUrl(),
                "-u",
                "operator",
                "-p",
                "operator",
                "-n",
                "-v",
                "verbose",
                "-i",
                script.toString()));
        try {
            Await.until("jmxterm has done it", PATIENCE, () -> !jmxterm.isAlive());
        } finally {
            jmxterm.destroyForcibly();
        }
        Files.createDirectories(Path.of("target/guest-logs"));
        Files.writeString(Path.of("target/guest-logs/jmxterm.txt"), output(), StandardCharsets.UTF_8);
        assertThat(output())
                .contains(bean, "org.kemari:type=Host", "org.kemari:type=Thresholds", "org.kemari:peer=west")
                .as("descriptions and names of parameters")
                .contains("void stop(int graceSeconds)")
                .as("attributes, composite and tabular")
                .contains("State = PROTECTED", "p99Micros = ", "key = west", "level = ")
                .as("what is refused, and why, in exceptions that it knows")
                .contains("IllegalStateException", domain.name() + " ")
                .contains("nowhere")
                .contains("holdP99LimitMillis is -1; expected 0 to 600000")
                .doesNotContain("ClassNotFoundException", "NotSerializable");
        Await.until(
                "it is no longer protected, as asked",
                PATIENCE,
                () -> east.console().domain(domain.name()).getState().equals("SOLO"));
        stop(domain, east);
    }
}
