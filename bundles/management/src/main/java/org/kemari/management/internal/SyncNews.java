package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.SYNC;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.management.openmbean.CompositeData;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.transfer.SyncProgress;

/** How far full syncs are: at begin and end, and meanwhile whenever there is enough to say. Used by one thread. */
final class SyncNews {
    static final int STEP_PERCENT = 10;
    static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What was said last of a sync that is under way. */
    private record Told(long session, String phase, int percent, long nanos) {}

    private final Map<String, Told> told = new HashMap<>();

    /**
     * @param domains what they are now
     * @param nanos the time
     * @return what there is to say, by domain
     */
    Map<String, News> look(List<DomainStatus> domains, long nanos) {
        Map<String, News> news = new HashMap<>();
        for (DomainStatus domain : domains) {
            look(domain, nanos).ifPresent(n -> news.put(domain.name(), n));
        }
        told.keySet().retainAll(domains.stream().map(DomainStatus::name).toList());
        return news;
    }

    /** The same for one domain, when it is known to have changed: a short sync is over before anybody looks. */
    Optional<News> look(DomainStatus domain, long nanos) {
        String name = domain.name();
        return switch (domain.state()) {
            case SYNCING -> {
                Told now = new Told(domain.session(), domain.sync().phase(), percent(domain.sync()), nanos);
                if (!isWorthSaying(told.get(name), now)) {
                    yield Optional.empty();
                }
                told.put(name, now);
                yield Optional.of(news(domain, now.percent()));
            }
            case JOINING -> Optional.empty(); // whether it has been of use remains to be seen
            default -> {
                boolean ends = told.remove(name) != null && DomainNews.isProtected(domain);
                yield ends ? Optional.of(end(domain)) : Optional.empty();
            }
        };
    }

    private static boolean isWorthSaying(Told before, Told now) {
        return before == null
                || before.session() != now.session()
                || !before.phase().equals(now.phase())
                || Math.abs(now.percent() - before.percent()) >= STEP_PERCENT
                || now.nanos() - before.nanos() >= STEP_NANOS;
    }

    /** How much is done, 0 to 100; of an unknown whole, nothing. */
    static int percent(SyncProgress sync) {
        return sync.bytesTotal() <= 0
                ? 0
                : (int) Math.max(0, Math.min(100, sync.bytesDone() * 100.0 / sync.bytesTotal()));
    }

    private static News news(DomainStatus domain, int percent) {
        SyncProgress sync = domain.sync();
        String left = sync.estimatedMillis() < 0 ? "" : ", about " + (sync.estimatedMillis() + 999) / 1000 + " s left";
        String text = "Domain " + domain.name() + ": sync with " + domain.peer() + ": " + percent + " %, "
                + sync.phase() + left;
        return new News(SYNC, text, data(domain, percent));
    }

    private static News end(DomainStatus domain) {
        return new News(
                SYNC, "Domain " + domain.name() + ": sync with " + domain.peer() + " is complete", data(domain, 100));
    }

    private static CompositeData data(DomainStatus domain, int percent) {
        SyncProgress sync = domain.sync();
        return News.data("Sync")
                .put("domain", domain.name())
                .put("host", domain.peer())
                .put("phase", sync.phase())
                .put("round", sync.round())
                .put("percent", percent)
                .put("bytesDone", sync.bytesDone())
                .put("bytesTotal", sync.bytesTotal())
                .put("bytesSent", sync.bytesSent())
                .put("bytesPerSecond", sync.bytesPerSecond())
                .put("estimatedMillis", sync.estimatedMillis())
                .build();
    }
}
