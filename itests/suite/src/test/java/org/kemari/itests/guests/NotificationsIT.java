package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.NotificationTypes;
import org.kemari.api.management.StateChangeView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** What consoles are told, and can look up afterwards, of the life of a pair. */
class NotificationsIT extends GuestCase {
    private final List<Notification> atEast = new CopyOnWriteArrayList<>();
    private final List<Notification> atWest = new CopyOnWriteArrayList<>();

    private static void listen(KemariHost host, DomainSpec domain, List<Notification> heard) throws Exception {
        ObjectName name = new ObjectName("org.kemari:type=Domain,name=" + domain.name());
        host.console().server().addNotificationListener(name, (news, back) -> heard.add(news), null, null);
    }

    private static void awaitHeard(List<Notification> heard, String type, int times) throws Exception {
        Await.until(type + " is told", PATIENCE, () -> ofType(heard, type).size() >= times);
    }

    private static List<Notification> ofType(List<Notification> heard, String type) {
        return heard.stream().filter(news -> news.getType().equals(type)).toList();
    }

    @Test
    void a_switchover_is_told_on_both_hosts() throws Exception {
        DomainSpec domain = domain("told").commandLine("kemari.data=none");
        KemariHost east = guests.east();
        KemariHost west = guests.west();
        startGuest(domain, east).close();
        Await.until(
                "it is known on west",
                PATIENCE,
                () -> west.console().host().getDomains().containsKey(domain.name()));
        listen(east, domain, atEast);
        listen(west, domain, atWest);
        DomainMXBean there = west.console().domain(domain.name());
        long takeovers = there.getTakeoverCount();

        protect(domain, east);
        awaitHeard(atEast, NotificationTypes.PROTECTION_RESTORED, 1);
        awaitHeard(atEast, NotificationTypes.SYNC, 2);
        east.console().domain(domain.name()).switchover();
        awaitHeard(atEast, NotificationTypes.SWITCHOVER, 1);
        awaitHeard(atWest, NotificationTypes.TAKEOVER, 1);
        awaitHeard(atWest, NotificationTypes.PROTECTION_RESTORED, 1);

        assertThat(ofType(atEast, NotificationTypes.PROTECTION_LOST))
                .as("nothing was lost")
                .isEmpty();
        assertThat(ofType(atEast, NotificationTypes.SWITCHOVER)).singleElement().satisfies(news -> {
            assertThat(news.getMessage()).contains(domain.name(), "was handed over to west");
            assertThat((Long) ((CompositeData) news.getUserData()).get("millis"))
                    .isBetween(0L, 60_000L);
        });
        assertThat(ofType(atWest, NotificationTypes.PROTECTION_LOST))
                .as("for a moment")
                .hasSize(1);
        for (List<Notification> heard : List.of(atEast, atWest)) {
            long first = heard.get(0).getSequenceNumber();
            for (int i = 0; i < heard.size(); i++) {
                assertThat(heard.get(i).getSequenceNumber()).isEqualTo(first + i);
            }
        }

        assertThat(there.getTakeoverCount()).isEqualTo(takeovers + 1);
        assertThat(there.getTakeovers().get(0).getResumedMicros())
                .isEqualTo(there.getLastTakeover().getResumedMicros());
        assertThat(there.getStateChanges())
                .extracting(StateChangeView::getState)
                .contains("RECEIVING", "READY", "SOLO", "PROTECTED");
        assertThat(there.getUnprotectedMillis()).isZero();
        stop(domain, west);
    }
}
