package org.kemari.itests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A real browser without a screen: Debian's Chromium, driven over its DevTools protocol. */
public final class Browser implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path profile;
    private final Process process;
    private String tools = "";

    private Browser(Path profile, Process process) {
        this.profile = profile;
        this.process = process;
    }

    /** Starts one with an empty profile, in the network of the laboratory. */
    public static Browser start(Lab lab) throws TimeoutException {
        try {
            Path profile = Files.createTempDirectory(lab.workspace(), "browser-");
            Process process = new ProcessBuilder(
                            program(),
                            "--headless=new",
                            // there is no other user than root in the laboratory
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-extensions",
                            "--disable-sync",
                            "--no-default-browser-check",
                            "--no-first-run",
                            "--no-proxy-server",
                            "--password-store=basic",
                            "--lang=en-GB",
                            "--window-size=1280,1000",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("log").toFile())
                    .start();
            process.getOutputStream().close();
            Browser browser = lab.closeLater(new Browser(profile, process));
            browser.awaitTools();
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String program() {
        return Stream.of("chromium", "chromium-browser")
                .filter(name ->
                        Shell.tryRun(List.of("sh", "-c", "command -v " + name)).status() == 0)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no Chromium: ./kemari setup installs it"));
    }

    private void awaitTools() throws TimeoutException {
        Path port = profile.resolve("DevToolsActivePort");
        Await.until("the browser is up", START_PATIENCE, () -> {
            if (!process.isAlive()) {
                throw new Await.AbortWaiting("the browser has ended: " + Files.readString(profile.resolve("log")));
            }
            if (!Files.exists(port)) {
                return false;
            }
            tools = "http://127.0.0.1:" + Files.readAllLines(port).get(0);
            return http.send(
                                    HttpRequest.newBuilder(URI.create(tools + "/json/version"))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        });
    }

    /** Opens a page in a tab of its own. All tabs share cookies, and each new one begins with none. */
    public BrowserTab open(String address) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(tools + "/json/new?about:blank"))
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            JsonNode tab =
                    JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
            return BrowserTab.connect(
                    http, URI.create(tab.get("webSocketDebuggerUrl").asText()), address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while opening a tab", e);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            Await.until(
                    "the browser has ended",
                    END_PATIENCE,
                    () -> !process.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
        } catch (TimeoutException e) {
            System.err.println("kemari: " + e.getMessage());
        }
        Lab.deleteTree(profile);
    }
}
