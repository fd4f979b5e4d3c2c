package org.kemari.api.stats;

import java.util.Objects;

/**
 * Memory outside the Java heap that is mapped for one purpose. It is counted as it is mapped: it takes space as far as it
 * was ever touched, and what is a file's, such as guest memory, is there once however many have it mapped.
 *
 * @param domain whose it is; empty if it is the host's own
 * @param use what for, in a few words
 * @param bytes how much, more than 0
 */
public record NativeMemoryUse(String domain, String use, long bytes) {
    public NativeMemoryUse {
        Objects.requireNonNull(domain);
        Objects.requireNonNull(use);
    }
}
