package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.HOST_CHECK;
import static org.kemari.api.management.NotificationTypes.PEER_STATE;
import static org.kemari.api.management.NotificationTypes.PROTECTION_LOST;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.ProtectionService;

/**
 * Tells what changes, at the MBean that it is about and at that of the host; what nobody tells it, it finds when it looks.
 * Used by one thread.
 */
final class Announcer {
    /** Finds who sends the notifications of an MBean, if that is there. */
    interface Emitters {
        Optional<Emitter> find(String objectName);
    }

    private final Sources sources;
    private final Emitters emitters;
    private final Histories histories;
    private final Clock clock;
    private final Map<String, AtomicLong> sequences = new HashMap<>();
    private final Map<String, DomainNews> domains = new HashMap<>();
    private final CheckLevels levels = new CheckLevels();
    private final SyncNews syncs = new SyncNews();
    private final PathNews paths = new PathNews();
    private final ArbiterNews arbiter = new ArbiterNews();
    private final Violations violations = new Violations();

    Announcer(Sources sources, Emitters emitters, Histories histories, Clock clock) {
        this.sources = sources;
        this.emitters = emitters;
        this.histories = histories;
        this.clock = clock;
    }

    /** What sends the notifications of an MBean that is about to be there; numbers go on where they were. */
    Emitter emitter(String objectName, MBeanNotificationInfo... infos) {
        return new Emitter(objectName, sequences.computeIfAbsent(objectName, name -> new AtomicLong()), infos);
    }

    /** The limits that are exceeded. */
    Violations violations() {
        return violations;
    }

    void domainChanged(DomainStatus before, DomainStatus now) {
        DomainHistory history = histories.of(before);
        history.changed(before, now);
        DomainNews domain = domains.computeIfAbsent(now.name(), name -> new DomainNews(before));
        for (News news : domain.of(before, now)) {
            if (news.type().equals(PROTECTION_LOST)) {
                history.protectionLost();
            }
            tell(ObjectNames.domain(now.name()), news);
        }
        syncs.look(now, clock.nanos()).ifPresent(news -> tell(ObjectNames.domain(now.name()), news));
    }

    void peerChanged(PeerHealth health) {
        String text = "Peer " + health.peer() + " is " + health.state() + ": " + health.reason();
        News.Data data = News.data("Peer")
                .put("peer", health.peer())
                .put("state", health.state().name())
                .put("reason", health.reason())
                .put("sinceEpochMillis", health.sinceEpochMillis())
                .put("losses", health.losses());
        tell(ObjectNames.health(health.peer()), new News(PEER_STATE, text, data.build()));
    }

    /** Finds what has changed since the last look. */
    void look() {
        List<DomainStatus> all =
                sources.protection().map(ProtectionService::domains).orElse(List.of());
        syncs.look(all, clock.nanos()).forEach((name, news) -> tell(ObjectNames.domain(name), news));
        ThresholdSettings limits = sources.thresholds().settings();
        violations
                .look(
                        Readings.of(all, histories, sources.configuration(), limits),
                        limits.hysteresisPercent(),
                        clock.epochMillis())
                .forEach(news -> tell(ObjectNames.THRESHOLDS, news));
        sources.health().ifPresent(this::lookAtHealth);
        String engine = sources.configuration().host().arbiterEngine();
        arbiter.look(engine, sources.arbiter(engine), clock.epochMillis())
                .forEach(news -> tell(ObjectNames.ARBITER, news));
    }

    private void lookAtHealth(HealthMonitor health) {
        paths.look(health.peers()).forEach((peer, all) -> all.forEach(news -> tell(ObjectNames.health(peer), news)));
        for (Check check : levels.changed(health.checks(), clock.epochMillis())) {
            String text = "Check of " + check.subject() + ": " + check.level() + ": " + check.reason();
            News.Data data = News.data("Check")
                    .put("subject", check.subject())
                    .put("level", check.level().name())
                    .put("reason", check.reason())
                    .put("sinceEpochMillis", check.sinceEpochMillis());
            tell(ObjectNames.HOST, new News(HOST_CHECK, text, data.build()));
        }
    }

    private void tell(String objectName, News news) {
        long now = clock.epochMillis();
        List<String> names =
                objectName.equals(ObjectNames.HOST) ? List.of(objectName) : List.of(objectName, ObjectNames.HOST);
        names.forEach(name -> emitters.find(name).ifPresent(emitter -> emitter.send(news, now)));
    }
}
