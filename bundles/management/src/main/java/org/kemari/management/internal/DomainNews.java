package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.DOMAIN_STATE;
import static org.kemari.api.management.NotificationTypes.PROTECTION_LOST;
import static org.kemari.api.management.NotificationTypes.PROTECTION_RESTORED;
import static org.kemari.api.management.NotificationTypes.SWITCHOVER;
import static org.kemari.api.management.NotificationTypes.TAKEOVER;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.management.openmbean.CompositeData;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;

/** What there is to say about the changes of one domain. Used by one thread. */
final class DomainNews {
    private boolean wasProtected; // as told
    private Optional<DomainStatus> switching = Optional.empty(); // what it was when the standby was asked

    /** @param first what the domain was before the first change */
    DomainNews(DomainStatus first) {
        wasProtected = isProtected(first);
    }

    List<News> of(DomainStatus before, DomainStatus now) {
        List<News> news = new ArrayList<>();
        String domain = "Domain " + now.name();
        if (isChange(before, now)) {
            String text = domain + ": " + now.role() + " " + now.state() + ", generation " + now.generation() + ": "
                    + now.reason();
            news.add(new News(DOMAIN_STATE, text, state(now)));
        }
        if (isTakenOver(before, now)) {
            TakeoverReport report = now.lastTakeover().orElseThrow();
            String text = domain + " was taken over in " + report.resumedMicros() / 1000 + " ms: " + report.reason();
            news.add(new News(TAKEOVER, text, takeover(report)));
            wasProtected = true; // by this host
        }
        if (now.state() == DomainState.SWITCHING) {
            switching = Optional.of(now);
        } else if (now.state() != DomainState.HOLDING) {
            switching.filter(asked -> isHandedOver(asked, now)).ifPresent(asked -> {
                long millis = Math.max(0, now.sinceEpochMillis() - asked.sinceEpochMillis());
                String text = domain + " was handed over to " + asked.peer() + " after " + millis + " ms";
                news.add(new News(SWITCHOVER, text, switchover(asked, millis)));
            });
            switching = Optional.empty();
        }
        protection(now, domain).ifPresent(news::add);
        return news;
    }

    private Optional<News> protection(DomainStatus now, String domain) {
        boolean failed = now.role() == Role.PRIMARY && now.state() == DomainState.FAILED;
        if (isProtected(now)) {
            boolean isNew = !wasProtected;
            wasProtected = true;
            return isNew
                    ? Optional.of(new News(PROTECTION_RESTORED, domain + " is protected by " + now.peer(), state(now)))
                    : Optional.empty();
        }
        if (isRunningHere(now) && switching.isPresent()) {
            return Optional.empty(); // the answer of the arbiter will tell
        }
        // A guest that is stopped, or that runs on elsewhere as an operator has wished, has lost nothing.
        boolean isLost = wasProtected && (isRunningHere(now) || failed);
        wasProtected = false;
        return isLost
                ? Optional.of(new News(PROTECTION_LOST, domain + " is not protected: " + now.reason(), state(now)))
                : Optional.empty();
    }

    static boolean isChange(DomainStatus before, DomainStatus now) {
        return now.role() != before.role() || now.state() != before.state() || now.generation() != before.generation();
    }

    static boolean isProtected(DomainStatus status) {
        // While it switches over, the standby has the last commit, and is named by the record, as ever.
        return status.state() == DomainState.PROTECTED || status.state() == DomainState.SWITCHING;
    }

    /** Whether its guest runs here, or is held here. */
    static boolean isRunningHere(DomainStatus status) {
        return status.role() == Role.PRIMARY
                && switch (status.state()) {
                    case SOLO, SYNCING, JOINING, PROTECTED, SWITCHING, HOLDING -> true;
                    default -> false;
                };
    }

    static boolean isTakenOver(DomainStatus before, DomainStatus now) {
        return now.lastTakeover().isPresent() && !now.lastTakeover().equals(before.lastTakeover());
    }

    /** The record has not changed by this host's doing, and it has let go: the standby has won. */
    private static boolean isHandedOver(DomainStatus asked, DomainStatus now) {
        return now.state() == DomainState.STOPPED && now.generation() == asked.generation();
    }

    private static CompositeData state(DomainStatus s) {
        return News.data("DomainState")
                .put("domain", s.name())
                .put("role", s.role().name())
                .put("state", s.state().name())
                .put("reason", s.reason())
                .put("protected", isProtected(s))
                .put("peer", s.peer())
                .put("generation", s.generation())
                .put("session", s.session())
                .put("epoch", s.epoch())
                .put("sinceEpochMillis", s.sinceEpochMillis())
                .build();
    }

    private static CompositeData takeover(TakeoverReport r) {
        return News.data("Takeover")
                .put("domain", r.domain())
                .put("reason", r.reason())
                .put("generation", r.generation())
                .put("epoch", r.epoch())
                .put("detectedEpochMillis", r.detectedEpochMillis())
                .put("decidedMicros", r.decidedMicros())
                .put("fencedMicros", r.fencedMicros())
                .put("sealedMicros", r.sealedMicros())
                .put("restoredMicros", r.restoredMicros())
                .put("loadedMicros", r.loadedMicros())
                .put("resumedMicros", r.resumedMicros())
                .put("announcedMicros", r.announcedMicros())
                .put("pendingRequests", r.pendingRequests())
                .build();
    }

    private static CompositeData switchover(DomainStatus asked, long millis) {
        return News.data("Switchover")
                .put("domain", asked.name())
                .put("host", asked.peer())
                .put("millis", millis)
                .build();
    }
}
