package org.kemari.page.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Makes guessing of passwords slow: so many failures from one place, and nobody from there is listened to for a while. */
final class Attempts {
    static final int FAILURES = 10;
    static final Duration WINDOW = Duration.ofMinutes(1);

    /** Places remembered; when there are more, somebody has many of them, and all are taken for one. */
    private static final int MOST_PLACES = 1024;

    private static final String ELSEWHERE = "";

    private final Map<String, Deque<Long>> failures = new HashMap<>(); // guarded by this

    /** Whether somebody there may try. */
    synchronized boolean mayTry(String place, long nowNanos) {
        failures.values().removeIf(times -> {
            while (!times.isEmpty() && nowNanos - times.peekFirst() > WINDOW.toNanos()) {
                times.removeFirst();
            }
            return times.isEmpty();
        });
        Deque<Long> known = failures.get(key(place));
        return known == null || known.size() < FAILURES;
    }

    synchronized void failed(String place, long nowNanos) {
        failures.computeIfAbsent(key(place), p -> new ArrayDeque<>()).addLast(nowNanos);
    }

    private String key(String place) {
        return failures.containsKey(place) || failures.size() < MOST_PLACES ? place : ELSEWHERE;
    }
}
