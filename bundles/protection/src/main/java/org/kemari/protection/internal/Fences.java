package org.kemari.protection.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.kemari.api.config.FenceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the fence command. Domains that are taken over from the same host at the same time share one run, unless the
 * command names the domain. Safe for use by many threads; a call blocks for as long as the command runs.
 */
final class Fences {
    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    private static final int OUTPUT_CHARACTERS = 500;

    private final Supplier<FenceSettings> settings;
    private final Map<List<String>, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    Fences(Supplier<FenceSettings> settings) {
        this.settings = settings;
    }

    /**
     * Returns when the host has been fenced.
     *
     * @throws IOException if it has not; the message is for people
     */
    void fence(String host, String domain) throws IOException {
        FenceSettings now = settings.get();
        if (!now.isConfigured()) {
            throw new IOException("no fence command is configured on this host");
        }
        List<String> command = now.command().stream()
                .map(w -> w.replace("{host}", host).replace("{domain}", domain))
                .toList();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> other = running.putIfAbsent(command, mine);
        if (other != null) {
            await(other);
            return;
        }
        try {
            run(command, now, host);
            mine.complete(null);
        } catch (IOException | RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            running.remove(command);
        }
    }

    private static void await(CompletableFuture<Void> other) throws IOException {
        try {
            other.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Kemari is stopping");
        }
    }

    private static void run(List<String> command, FenceSettings settings, String host) throws IOException {
        LOG.warn("fencing host {}: {}", host, command.get(0));
        Path output = Files.createTempFile("kemari-fence", ".log");
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the fence command did not end within "
                        + settings.timeout().toMillis() + " ms" + said(output));
            }
            if (process.exitValue() != 0) {
                throw new IOException("the fence command ended with status " + process.exitValue() + said(output));
            }
            LOG.warn("host {} has been fenced", host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Kemari is stopping");
        } finally {
            if (process != null && process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            Files.deleteIfExists(output);
        }
    }

    private static String said(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return "";
        }
        return ": " + text.substring(Math.max(0, text.length() - OUTPUT_CHARACTERS));
    }
}
