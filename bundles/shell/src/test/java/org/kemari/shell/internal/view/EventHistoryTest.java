package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;

class EventHistoryTest {
    private final EventHistory history =
            new EventHistory(Clock.fixed(Instant.ofEpochMilli(Samples.SINCE), ZoneOffset.UTC));

    private static DomainStatus web(DomainState state, long generation) {
        return Samples.domain("web", Role.PRIMARY, state, generation, 0, Optional.empty());
    }

    @Test
    void changesAreKeptInOrderWithTheirReasons() {
        history.domainChanged(web(DomainState.SYNCING, 3), web(DomainState.JOINING, 3));
        history.domainChanged(web(DomainState.HOLDING, 3), web(DomainState.SOLO, 4));
        history.domainChanged(web(DomainState.SOLO, 4), web(DomainState.SOLO, 5));
        history.peerChanged(Samples.peer("west", PeerState.LOST));
        assertThat(history.latest(10, ""))
                .containsExactly(
                        new Event(Samples.SINCE, "domain web", "PRIMARY SYNCING > JOINING", "because of a test"),
                        new Event(
                                Samples.SINCE,
                                "domain web",
                                "PRIMARY HOLDING > SOLO, generation 4",
                                "because of a test"),
                        new Event(Samples.SINCE, "domain web", "PRIMARY SOLO, generation 5", "because of a test"),
                        new Event(Samples.SINCE, "host west", "LOST", "because"));
        assertThat(history.latest(1, "")).extracting(Event::subject).containsExactly("host west");
        assertThat(history.latest(10, "west")).hasSize(1);
        assertThat(history.latest(1, "web")).extracting(Event::change).containsExactly("PRIMARY SOLO, generation 5");
        assertThat(history.latest(10, "we")).isEmpty();
        assertThat(EventView.grid(history.latest(1, ""), ZoneOffset.UTC).rows().get(0))
                .containsExactly("2023-11-14 22:13:20.000", "host west", "LOST", "because");
    }

    @Test
    void aTakeoverIsAnEventOfItsOwnOnce() {
        DomainStatus before = Samples.domain("web", Role.STANDBY, DomainState.TAKING_OVER);
        DomainStatus after =
                Samples.domain("web", Role.PRIMARY, DomainState.SOLO, 4, 0, Optional.of(Samples.takeover()));
        history.domainChanged(before, after);
        history.domainChanged(
                after, Samples.domain("web", Role.PRIMARY, DomainState.SYNCING, 4, 0, after.lastTakeover()));
        assertThat(history.latest(10, "web"))
                .extracting(Event::change, Event::reason)
                .containsExactly(
                        tuple("PRIMARY TAKING_OVER > SOLO, generation 4", "because of a test"),
                        tuple("taken over in 20 ms", "east was lost"),
                        tuple("PRIMARY SOLO > SYNCING", "because of a test"));
    }

    @Test
    void onlySoManyAreKept() {
        for (int i = 0; i <= EventHistory.LIMIT; i++) {
            history.domainChanged(web(DomainState.SOLO, i), web(DomainState.SOLO, i + 1));
        }
        assertThat(history.latest(Integer.MAX_VALUE, "")).hasSize(EventHistory.LIMIT);
        assertThat(history.latest(Integer.MAX_VALUE, "").get(0).change()).endsWith("generation 2");
    }
}
