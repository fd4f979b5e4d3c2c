package org.kemari.api.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a host is fenced (switched off, or cut off from shared storage) before a domain is taken over from it.
 *
 * @param command program and arguments, run without a shell; {@code {host}} and {@code {domain}} in an argument stand for
 *     the host to be fenced and the domain to be taken over. Exit status 0 means fenced. Empty: there is none
 * @param timeout for one run of the command, after which it is ended and counts as failed
 * @param retryDelay time between a failed run and the next; runs are repeated until one succeeds or an operator decides
 */
public record FenceSettings(List<String> command, Duration timeout, Duration retryDelay) {
    /** No command. */
    public static final FenceSettings NONE =
            new FenceSettings(List.of(), Duration.ofSeconds(30), Duration.ofSeconds(2));

    public FenceSettings {
        Objects.requireNonNull(timeout);
        Objects.requireNonNull(retryDelay);
        command = List.copyOf(command);
    }

    public boolean isConfigured() {
        return !command.isEmpty();
    }
}
