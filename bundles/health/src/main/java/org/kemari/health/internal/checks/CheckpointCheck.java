package org.kemari.health.internal.checks;

import static org.kemari.health.internal.checks.Unchanged.reached;

import java.time.Duration;
import java.util.List;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;

/** Do checkpoints come, as they should at least every {@code maxEpochAge}? Pure. */
final class CheckpointCheck {
    private record Position(DomainState state, long session, long epoch) {}

    private final Unchanged<Position> position = new Unchanged<>();

    List<Finding> look(DomainStatus domain, Duration maxEpochAge, long nanos) {
        Duration time = position.is(new Position(domain.state(), domain.session(), domain.epoch()), nanos);
        boolean isStandby = domain.state() == DomainState.READY;
        if (!isStandby && domain.state() != DomainState.PROTECTED) {
            return List.of();
        }
        String subject = "domain " + domain.name() + ": checkpoints";
        Duration ages = maxEpochAge.multipliedBy(Limits.EPOCH_AGES);
        if (!reached(time, ages) || !reached(time, Limits.EPOCH_AGE)) {
            return List.of(Finding.ok(subject, "epoch " + domain.epoch() + " is committed"));
        }
        String peer = domain.peer().isEmpty() ? "the other host" : "host " + domain.peer();
        return List.of(
                isStandby
                        ? Finding.warning(
                                subject,
                                "no checkpoint has come for " + time.toSeconds()
                                        + " s, although the link lives: look at the" + " checks of " + peer)
                        : Finding.critical(
                                subject,
                                "no checkpoint has been committed for " + time.toSeconds()
                                        + " s, outputs of the guest are"
                                        + " held: look at the checks of " + peer + "; if nothing helps, unprotect"
                                        + " the domain"));
    }
}
