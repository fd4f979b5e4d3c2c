package org.kemari.link.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Remembers what has been said to the operator, so that it is said once and not at every attempt: who dials does so
 * several times a second. Bounded in memory and in what it lets through, because strangers are among those who give
 * cause for it. Thread-safe.
 */
final class Complaints {
    private static final int REMEMBERED = 256;
    private static final int PER_MINUTE = 30;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final Map<String, String> said = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long minute;
    private int saidThisMinute;

    Complaints(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.minute = nanoTime.getAsLong();
    }

    /**
     * @param about whom or what it is about
     * @param cause what is wrong
     * @return whether this is news, and worth a line above DEBUG
     */
    synchronized boolean isNews(String about, String cause) {
        if (cause.equals(said.get(about))) {
            return false;
        }
        long now = nanoTime.getAsLong();
        if (now - minute >= MINUTE) {
            minute = now;
            saidThisMinute = 0;
        }
        if (saidThisMinute >= PER_MINUTE) {
            return false;
        }
        saidThisMinute++;
        said.put(about, cause);
        return true;
    }

    /** All is well again: the next time, the same cause is news. */
    synchronized void settled(String about) {
        said.remove(about);
    }
}
