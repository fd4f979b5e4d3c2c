package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.SYNC;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.openmbean.CompositeData;
import org.kemari.api.protection.DomainState;
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
        Set<String> under = new HashSet<>();
        for (DomainStatus domain : domains) {
            String name = domain.name();
            if (domain.state() == DomainState.SYNCING) {
                under.add(name);
                Told now = new Told(domain.session(), domain.sync().phase(), percent(domain.sync()), nanos);
                if (isWorthSaying(told.get(name), now)) {
                    told.put(name, now);
                    news.put(name, news(domain, now.percent()));
                }
            } else if (told.containsKey(name) && DomainNews.isProtected(domain)) {
                news.put(name, end(domain));
            }
        }
        for (String name : new ArrayList<>(told.keySet())) {
            if (!under.contains(name)) {
                told.remove(name);
            }
        }
        return news;
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
