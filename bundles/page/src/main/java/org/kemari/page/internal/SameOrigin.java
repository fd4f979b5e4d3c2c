package org.kemari.page.internal;

import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a request that changes something comes from our own page, and not from one that the user's browser shows besides.
 * Two things together: a header that no other origin can set without asking first, and which is never allowed to; and what
 * browsers say about where a request comes from.
 */
final class SameOrigin {
    static final String HEADER = "X-Kemari";

    private SameOrigin() {}

    /** @param header the value of a header of the request, or null */
    static boolean isOurs(Function<String, String> header) {
        return header.apply(HEADER) != null
                && value(header, "Sec-Fetch-Site").map("same-origin"::equals).orElse(true)
                && value(header, "Origin")
                        .map(origin -> authority(origin).equals(value(header, "Host")))
                        .orElse(true);
    }

    private static Optional<String> value(Function<String, String> header, String name) {
        return Optional.ofNullable(header.apply(name));
    }

    /** Of host and port only: behind something that does TLS for us, the scheme is another one. */
    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
