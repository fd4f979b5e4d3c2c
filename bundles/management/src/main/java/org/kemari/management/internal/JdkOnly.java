package org.kemari.management.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Exceptions as a remote console can read them: of classes that every Java has, without causes that it may not have. */
final class JdkOnly {
    private JdkOnly() {}

    /** The same news as an exception of the JDK. */
    static RuntimeException of(Throwable thrown) {
        String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
        if (thrown instanceof RuntimeException runtime && isKnown(thrown)) {
            return runtime;
        }
        return thrown instanceof IllegalArgumentException
                ? new IllegalArgumentException(message)
                : new IllegalStateException(message);
    }

    private static boolean isKnown(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
            ClassLoader loader = t.getClass().getClassLoader();
            if (loader != null && loader != ClassLoader.getPlatformClassLoader() || t.getSuppressed().length > 0) {
                return false;
            }
        }
        return true;
    }
}
