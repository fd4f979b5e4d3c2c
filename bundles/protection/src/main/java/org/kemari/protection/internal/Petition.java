package org.kemari.protection.internal;

import java.util.Optional;

/** What a state machine wants of the arbiter: at most one claim at a time, asked again until it is answered for good. */
final class Petition {
    /** How long to wait before the arbiter is asked again. */
    static final long RETRY_NANOS = 100_000_000L;

    private Claim asked;
    private Claim retry;
    private long retryAtNanos;

    /** The claim that is being asked for; takes the place of any other. */
    Action ask(Claim claim) {
        asked = claim;
        retry = null;
        return new Action.Ask(claim);
    }

    /** Whether an answer is waited for. */
    boolean isPending() {
        return asked != null;
    }

    boolean isPending(Class<? extends Claim> kind) {
        return kind.isInstance(asked);
    }

    /** Takes an answer in; {@code false} if it is not the one that is waited for. */
    boolean answered(Claim claim) {
        if (!claim.equals(asked)) {
            return false;
        }
        asked = null;
        return true;
    }

    /** Asks for this a little later. */
    void later(Claim claim, long nowNanos) {
        retry = claim;
        retryAtNanos = nowNanos + RETRY_NANOS;
    }

    /** When {@link #due} will have something; {@link Long#MAX_VALUE} for never. */
    long deadlineNanos() {
        return retry == null ? Long.MAX_VALUE : retryAtNanos;
    }

    /** The claim that is to be asked for again now. */
    Optional<Claim> due(long nowNanos) {
        return retry == null || nowNanos - retryAtNanos < 0 ? Optional.empty() : Optional.of(retry);
    }

    void forget() {
        asked = null;
        retry = null;
    }
}
