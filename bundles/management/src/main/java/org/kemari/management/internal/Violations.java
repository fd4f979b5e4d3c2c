package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.THRESHOLD_CLEARED;
import static org.kemari.api.management.NotificationTypes.THRESHOLD_EXCEEDED;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kemari.api.management.ViolationView;

/** Which figures exceed their limits. Looked at by one thread, read by many. */
final class Violations {
    private Map<String, ViolationView> current = Map.of();
    private volatile List<ViolationView> views = List.of();

    /**
     * A figure and its limit.
     *
     * @param subject whose it is
     * @param quantity what it is
     * @param valueMillis the figure
     * @param limitMillis above this it is too much; 0: there is no limit
     */
    record Reading(String subject, String quantity, long valueMillis, long limitMillis) {}

    List<ViolationView> views() {
        return views;
    }

    /**
     * Looks at all figures.
     *
     * @param readings one that is not among them is no longer there
     * @param hysteresisPercent how far below its limit a figure must be that has exceeded it
     * @param epochMillis wall-clock time
     * @return what there is to say
     */
    List<News> look(List<Reading> readings, int hysteresisPercent, long epochMillis) {
        Map<String, ViolationView> next = new LinkedHashMap<>();
        List<News> news = new ArrayList<>();
        for (Reading reading : readings) {
            ViolationView before = current.get(key(reading.subject(), reading.quantity()));
            long bound =
                    before == null ? reading.limitMillis() : reading.limitMillis() * (100 - hysteresisPercent) / 100;
            if (reading.limitMillis() > 0 && reading.valueMillis() > bound) {
                ViolationView now = view(reading, before == null ? epochMillis : before.getSinceEpochMillis());
                next.put(key(reading.subject(), reading.quantity()), now);
                if (before == null) {
                    news.add(news(THRESHOLD_EXCEEDED, now, " is over its limit of " + now.getLimitMillis() + " ms"));
                }
            } else if (before != null) {
                news.add(news(THRESHOLD_CLEARED, view(reading, before.getSinceEpochMillis()), " is well again"));
            }
        }
        current.forEach((key, before) -> {
            boolean isRead = readings.stream().anyMatch(r -> key.equals(key(r.subject(), r.quantity())));
            if (!isRead) {
                news.add(news(THRESHOLD_CLEARED, before, " is no longer measured"));
            }
        });
        current = next;
        views = List.copyOf(next.values());
        return news;
    }

    private static String key(String subject, String quantity) {
        return subject + "/" + quantity;
    }

    private static ViolationView view(Reading reading, long sinceEpochMillis) {
        return new ViolationView(
                reading.subject(), reading.quantity(), reading.valueMillis(), reading.limitMillis(), sinceEpochMillis);
    }

    private static News news(String type, ViolationView v, String outcome) {
        String text = "The " + v.getQuantity() + " of " + v.getSubject() + ", " + v.getValueMillis() + " ms," + outcome;
        return new News(
                type,
                text,
                News.data("Violation")
                        .put("subject", v.getSubject())
                        .put("quantity", v.getQuantity())
                        .put("valueMillis", v.getValueMillis())
                        .put("limitMillis", v.getLimitMillis())
                        .put("sinceEpochMillis", v.getSinceEpochMillis())
                        .build());
    }
}
