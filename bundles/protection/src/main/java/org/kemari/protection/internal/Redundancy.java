package org.kemari.protection.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kemari.api.domain.ProtectionSettings;

/**
 * Decides when, and on which host, a domain that runs alone is to be protected again. Pure: told what happens and when.
 *
 * <p>The hosts of the definition are tried in their order as long as they are alive; one that failed is left alone for a
 * while that grows with each failure in a row. A wish (of an operator, or of a switchover for the host that was left) comes
 * before the list and is tried whether or not the host seems to be alive.
 */
final class Redundancy {
    /** After the first failure; doubled with each further one. */
    static final long FIRST_RETRY_NANOS = 250_000_000L;

    static final long LAST_RETRY_NANOS = 30_000_000_000L;

    /** How often a wish is tried in vain before it is given up, if the list does not contain the host anyway. */
    private static final int WISH_TRIES = 8;

    /** A success that lasted for less is one more failure: a standby that always fails is not to be tried all the time. */
    private static final long LASTING_NANOS = 60_000_000_000L;

    private record Attempts(int failures, long notBeforeNanos) {}

    private final String self;
    private List<String> standbys;
    private boolean automatic;
    private final Set<String> alive = new HashSet<>();
    private final Map<String, Attempts> attempts = new HashMap<>();
    private String wish = "";
    private int wishTries;
    private boolean unwanted;
    private long succeededNanos;

    Redundancy(String self, ProtectionSettings settings) {
        this.self = self;
        change(settings);
    }

    /** For attempts from now on: a standby that is there already stays. */
    void change(ProtectionSettings settings) {
        standbys = settings.standbys().stream().filter(h -> !h.equals(self)).toList();
        automatic = settings.automatic();
    }

    /** This host is wanted as the standby. */
    void wish(String host) {
        unwanted = false;
        wish = host;
        wishTries = WISH_TRIES;
        attempts.remove(host);
    }

    /** An operator wants no protection, until there is a new wish. */
    void unwanted() {
        unwanted = true;
        wish = "";
    }

    boolean isWanted() {
        return !unwanted && (!wish.isEmpty() || automatic && !standbys.isEmpty());
    }

    void peerAlive(String host) {
        if (alive.add(host)) {
            attempts.remove(host);
        }
    }

    void peerLost(String host) {
        alive.remove(host);
    }

    /** An attempt with this host has come to its end, sooner or later. */
    void failed(String host, long nowNanos) {
        if (succeededNanos != 0 && nowNanos - succeededNanos >= LASTING_NANOS) {
            attempts.remove(host);
        }
        succeededNanos = 0;
        int failures = attempts.containsKey(host) ? attempts.get(host).failures() : 0;
        long delay = Math.min(LAST_RETRY_NANOS, FIRST_RETRY_NANOS << Math.min(failures, 16));
        attempts.put(host, new Attempts(failures + 1, nowNanos + delay));
        if (host.equals(wish) && --wishTries <= 0) {
            wish = "";
        }
    }

    void succeeded(long nowNanos) {
        succeededNanos = nowNanos;
        wish = "";
    }

    /** The host to be tried now. */
    Optional<String> next(long nowNanos) {
        return candidates().stream()
                .filter(h -> nowNanos - notBefore(h, nowNanos) >= 0)
                .findFirst();
    }

    /** When {@link #next} will have something as things are now; {@link Long#MAX_VALUE} for never. */
    long deadlineNanos(long nowNanos) {
        long earliest = Long.MAX_VALUE;
        for (String host : candidates()) {
            long at = notBefore(host, nowNanos);
            earliest = earliest == Long.MAX_VALUE || at - earliest < 0 ? at : earliest;
        }
        return earliest;
    }

    private long notBefore(String host, long nowNanos) {
        Attempts a = attempts.get(host);
        return a == null ? nowNanos : a.notBeforeNanos();
    }

    private List<String> candidates() {
        if (unwanted) {
            return List.of();
        }
        List<String> hosts = new ArrayList<>();
        if (!wish.isEmpty() && !wish.equals(self)) {
            hosts.add(wish);
        }
        if (automatic) {
            standbys.stream()
                    .filter(alive::contains)
                    .filter(h -> !hosts.contains(h))
                    .forEach(hosts::add);
        }
        return hosts;
    }

    /** What is being waited for, for people; empty if nothing is. */
    String outlook() {
        if (unwanted || !isWanted()) {
            return "";
        }
        List<String> hosts = candidates();
        if (hosts.isEmpty()) {
            return "waiting for " + String.join(" or ", standbys) + " to be there";
        }
        return "trying " + String.join(", then ", hosts) + " again soon";
    }
}
