package org.kemari.page.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;

/** Who is logged in. Times are of any clock that does not go back, and are arguments. */
final class Sessions {
    /** More than that use no page of one host. */
    static final int MOST = 64;

    private static final int TOKEN_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> byToken = new HashMap<>(); // guarded by this
    private long idleNanos; // guarded by this
    private long longestNanos; // guarded by this

    /** Somebody who is logged in. */
    record Session(String user, Subject subject, long begunNanos, long usedNanos) {
        private boolean hasEnded(long nowNanos, long idleNanos, long longestNanos) {
            return nowNanos - usedNanos > idleNanos || nowNanos - begunNanos > longestNanos;
        }
    }

    Sessions(Duration idle, Duration longest) {
        limit(idle, longest);
    }

    /** For sessions that there are, too. */
    synchronized void limit(Duration idle, Duration longest) {
        idleNanos = idle.toNanos();
        longestNanos = longest.toNanos();
    }

    /** Begins a session and returns its secret. If there are too many, the one that was not used for longest ends. */
    synchronized String begin(String user, Subject subject, long nowNanos) {
        forgetEnded(nowNanos);
        if (byToken.size() >= MOST) {
            byToken.entrySet().stream()
                    .max(Comparator.comparingLong(
                            entry -> nowNanos - entry.getValue().usedNanos()))
                    .map(Map.Entry::getKey)
                    .ifPresent(byToken::remove);
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        byToken.put(token, new Session(user, subject, nowNanos, nowNanos));
        return token;
    }

    /** The session of a secret, which goes on by being used. */
    synchronized Optional<Session> use(String token, long nowNanos) {
        forgetEnded(nowNanos);
        return Optional.ofNullable(byToken.computeIfPresent(
                token, (t, session) -> new Session(session.user, session.subject, session.begunNanos, nowNanos)));
    }

    synchronized void end(String token) {
        byToken.remove(token);
    }

    private void forgetEnded(long nowNanos) {
        byToken.values().removeIf(session -> session.hasEnded(nowNanos, idleNanos, longestNanos));
    }
}
