package org.kemari.protection.internal;

import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;

/**
 * What a host that (re)starts does with a domain. Pure. The record is only read here: whoever is told to adopt or to start
 * still has to win a compare-and-set of its own.
 */
final class Startup {
    /**
     * How long the standby that the record names is given to take over before a guest whose memory is gone is started
     * anew by its owner: a running guest is worth more than a booting one.
     */
    static final long STANDBY_GRACE_NANOS = 30_000_000_000L;

    /** What is to be done. */
    enum Step {
        /** Claim the guest that runs here and take charge of it. */
        ADOPT,
        /** End the guest that runs here: another host owns it. */
        DESTROY,
        /** Claim the domain and start it. */
        START,
        /** Look again later. */
        WAIT,
        NOTHING
    }

    /**
     * @param step what is to be done
     * @param reason why, for people
     */
    record Advice(Step step, String reason) {}

    private Startup() {}

    /**
     * @param self this host
     * @param record the arbiter's
     * @param found whether a guest that an earlier Kemari has started still runs here
     * @param autostart whether the domain is to be started by itself
     * @param unfinished why no guest may boot here, as {@link StandbyMark} says: what is found is then a hypervisor that
     *     still waits for its image
     * @param elapsedNanos time since Kemari has started
     */
    static Advice advise(
            String self,
            Optional<OwnershipRecord> record,
            boolean found,
            boolean autostart,
            Optional<String> unfinished,
            long elapsedNanos) {
        boolean foreign = record.isPresent() && !record.get().owner().equals(self);
        if (found && unfinished.isPresent()) {
            return new Advice(Step.DESTROY, foreign ? owned(record.get()) : unfinished.get());
        }
        if (found) {
            // Without a record it cannot be told apart from a guest that was never ours to run: the claim decides.
            return foreign
                    ? new Advice(Step.DESTROY, owned(record.get()))
                    : new Advice(Step.ADOPT, "left running by an earlier Kemari");
        }
        if (foreign) {
            return new Advice(Step.NOTHING, owned(record.get()));
        }
        if (unfinished.isPresent()) {
            return new Advice(Step.NOTHING, unfinished.get());
        }
        if (!autostart) {
            return new Advice(Step.NOTHING, "not started");
        }
        Optional<String> standby = record.flatMap(OwnershipRecord::standby);
        if (standby.isPresent() && elapsedNanos < STANDBY_GRACE_NANOS) {
            return new Advice(Step.WAIT, "to be started here unless " + standby.get() + ", its standby, takes it over");
        }
        return new Advice(Step.START, "autostart");
    }

    private static String owned(OwnershipRecord record) {
        return "host " + record.owner() + " owns it (generation " + record.generation() + ")";
    }
}
