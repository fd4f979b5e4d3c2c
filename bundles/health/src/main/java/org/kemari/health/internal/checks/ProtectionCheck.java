package org.kemari.health.internal.checks;

import static org.kemari.health.internal.checks.Unchanged.reached;

import java.time.Duration;
import java.util.List;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;

/** Is a domain in the state that its definition wants, and does it stay between states for no longer than it should? Pure. */
final class ProtectionCheck {
    private final String self;
    private final Unchanged<DomainState> state = new Unchanged<>();

    /** @param self name of this host */
    ProtectionCheck(String self) {
        this.self = self;
    }

    List<Finding> look(DomainStatus domain, ProtectionSettings wanted, long nanos) {
        Duration time = state.is(domain.state(), nanos);
        String subject = "domain " + domain.name() + ": protection";
        boolean isLong = reached(time, Limits.BETWEEN_STATES);
        String since = domain.state() + " for " + time.toSeconds() + " s: " + domain.reason();
        Finding between = Finding.ok(subject, domain.state() + ": " + domain.reason());
        return switch (domain.state()) {
            case STOPPED -> List.of();
            case SOLO -> List.of(
                    isMissed(wanted) && isLong
                            ? Finding.warning(subject, "not protected, though it should be: " + domain.reason())
                            : between);
            case FAILED -> List.of(Finding.critical(subject, "failed: " + domain.reason()));
            case HOLDING, SWITCHING, CLAIMING, FENCING, TAKING_OVER -> List.of(
                    isLong ? Finding.critical(subject, "the guest gets no answers; " + since) : between);
            case JOINING -> List.of(isLong ? Finding.warning(subject, "the guest gets no answers; " + since) : between);
            case STARTING -> List.of(reached(time, Limits.STARTING) ? Finding.warning(subject, since) : between);
            case SYNCING, PROTECTED, RECEIVING, READY -> List.of(between);
        };
    }

    private boolean isMissed(ProtectionSettings wanted) {
        return wanted.automatic() && wanted.standbys().stream().anyMatch(host -> !host.equals(self));
    }
}
