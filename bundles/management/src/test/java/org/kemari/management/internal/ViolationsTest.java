package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationFilterSupport;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.NotificationTypes;
import org.kemari.api.management.ViolationView;
import org.kemari.api.protection.DomainState;
import org.kemari.management.internal.Violations.Reading;

class ViolationsTest {
    private final Violations violations = new Violations();

    private List<News> look(long value, long limit, long epochMillis) {
        return violations.look(List.of(new Reading("domain web", Readings.PAUSE, value, limit)), 10, epochMillis);
    }

    @Test
    void aLimitIsExceededAndKeptAgain() {
        assertThat(look(100, 100, 1)).as("at the limit").isEmpty();
        assertThat(look(101, 100, 2)).singleElement().satisfies(news -> {
            assertThat(news.type()).isEqualTo(NotificationTypes.THRESHOLD_EXCEEDED);
            assertThat(news.text()).isEqualTo("The pauseP99 of domain web, 101 ms, is over its limit of 100 ms");
        });
        assertThat(look(150, 100, 3)).as("still").isEmpty();
        assertThat(violations.views()).singleElement().satisfies(view -> {
            assertThat(view.getValueMillis()).isEqualTo(150);
            assertThat(view.getSinceEpochMillis()).isEqualTo(2);
        });
        assertThat(look(95, 100, 4)).as("near it").isEmpty();
        assertThat(violations.views()).hasSize(1);
        assertThat(look(90, 100, 5)).singleElement().satisfies(news -> {
            assertThat(news.type()).isEqualTo(NotificationTypes.THRESHOLD_CLEARED);
            assertThat(news.data().get("sinceEpochMillis")).isEqualTo(2L);
        });
        assertThat(violations.views()).isEmpty();
        assertThat(look(95, 100, 6)).as("below the limit").isEmpty();
    }

    @Test
    void withoutALimitNothingIsTooMuch() {
        assertThat(look(1_000_000, 0, 1)).isEmpty();
        look(101, 100, 2);
        assertThat(look(101, 0, 3))
                .as("switched off")
                .extracting(News::type)
                .containsExactly(NotificationTypes.THRESHOLD_CLEARED);
        assertThat(violations.views()).isEmpty();
    }

    @Test
    void whatIsNoLongerMeasuredIsNoLongerTooMuch() {
        look(101, 100, 1);
        assertThat(violations.look(List.of(), 10, 2)).singleElement().satisfies(news -> {
            assertThat(news.type()).isEqualTo(NotificationTypes.THRESHOLD_CLEARED);
            assertThat(news.text()).endsWith("is no longer measured");
        });
    }

    @Test
    void theFiguresOfAHostAreHeldAgainstItsLimits() throws Exception {
        Figures figures = new Figures();
        figures.standbys = List.of("west");
        figures.domains.put("web", Figures.domain(DomainState.SOLO, Optional.empty()));
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        long[] millis = {1_700_000_000_000L};
        Clock clock = new Clock() {
            @Override
            public long epochMillis() {
                return millis[0];
            }

            @Override
            public long nanos() {
                return millis[0] * 1_000_000;
            }
        };
        Inventory inventory = new Inventory(figures, InventoryTest.registrar(server), "1", clock);
        inventory.look();
        List<String> told = new ArrayList<>();
        NotificationFilterSupport filter = new NotificationFilterSupport();
        filter.enableType("org.kemari.threshold");
        for (String name : List.of(ObjectNames.HOST, ObjectNames.THRESHOLDS)) {
            server.addNotificationListener(
                    new ObjectName(name), (Notification n, Object back) -> told.add(n.getMessage()), filter, null);
        }
        millis[0] += 300_000;
        inventory.look();
        assertThat(told).as("5 minutes without protection").isEmpty();
        millis[0] += 1;
        inventory.look();
        assertThat(told)
                .hasSize(2)
                .allMatch("The unprotected of domain web, 300001 ms, is over its limit of 300000 ms"::equals);
        told.clear();
        figures.domains.put("web", Figures.domain(DomainState.PROTECTED, Optional.empty()));
        inventory.look();
        assertThat(told).hasSize(2).allMatch("The unprotected of domain web, 0 ms, is well again"::equals);
        assertThat((Object[]) server.getAttribute(new ObjectName(ObjectNames.THRESHOLDS), "Violations"))
                .isEmpty();
    }

    @Test
    void pausesAndHoldsAreReadWhereTheyAreMeasured() {
        Figures figures = new Figures();
        List<Reading> readings = Readings.of(
                List.of(Figures.domain(DomainState.PROTECTED, Optional.empty())),
                new Histories(Clock.SYSTEM),
                figures.configuration(),
                new ThresholdSettings(1, 2, 3, 4));
        assertThat(readings)
                .containsExactly(
                        new Reading("domain web", Readings.PAUSE, 0, 1),
                        new Reading("domain web: disk0", Readings.HOLD, 0, 2),
                        new Reading("domain web: nic0", Readings.HOLD, 0, 2));
    }

    @Test
    void viewsAreWhatIsExceededNow() {
        look(101, 100, 1);
        assertThat(violations.views())
                .extracting(ViolationView::getSubject, ViolationView::getLimitMillis)
                .containsExactly(tuple("domain web", 100L));
    }
}
