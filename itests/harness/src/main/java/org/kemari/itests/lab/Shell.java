package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the small commands of the laboratory. */
public final class Shell {
    private static final long PATIENCE_SECONDS = 120;

    /**
     * What a command left.
     *
     * @param status its exit status
     * @param text its standard output and error, together
     */
    public record Result(int status, String text) {}

    private Shell() {}

    /** Runs a command to its end. */
    public static Result tryRun(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running after " + PATIENCE_SECONDS + " s: " + command);
            }
            return new Result(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + command, e);
        }
    }

    /** Runs a command that must succeed, and returns what it printed. */
    public static String run(List<String> command) {
        Result result = tryRun(command);
        if (result.status() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + " ended with status " + result.status() + ": " + result.text());
        }
        return result.text();
    }

    /** Runs a command that must succeed; its words are separated by blanks. */
    public static String run(String command) {
        return run(List.of(command.split(" ")));
    }
}
