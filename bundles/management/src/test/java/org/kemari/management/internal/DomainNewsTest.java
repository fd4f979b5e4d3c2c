package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.NotificationTypes;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.transfer.SyncProgress;

class DomainNewsTest {
    private DomainStatus status = status(Role.PRIMARY, DomainState.SOLO, 3, Optional.empty());
    private final DomainNews news = new DomainNews(status);
    private long millis = 1000;

    private DomainStatus status(Role role, DomainState state, long generation, Optional<TakeoverReport> takeover) {
        millis += 20;
        return new DomainStatus(
                "web",
                role,
                state,
                "in " + state,
                "west",
                generation,
                0,
                0,
                millis,
                0,
                0,
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                RestorationStatus.NONE,
                takeover);
    }

    /** What is said, without the changes of state. */
    private List<String> become(DomainStatus next) {
        DomainStatus before = status;
        status = next;
        List<String> types = new ArrayList<>();
        for (News item : news.of(before, next)) {
            if (!item.type().equals(NotificationTypes.DOMAIN_STATE)) {
                types.add(item.type());
            }
        }
        return types;
    }

    private List<String> become(Role role, DomainState state, long generation) {
        return become(status(role, state, generation, status.lastTakeover()));
    }

    @Test
    void protectionIsRestoredAndLost() {
        assertThat(become(Role.PRIMARY, DomainState.SYNCING, 3)).isEmpty();
        assertThat(become(Role.PRIMARY, DomainState.JOINING, 3)).isEmpty();
        assertThat(become(Role.PRIMARY, DomainState.PROTECTED, 3))
                .containsExactly(NotificationTypes.PROTECTION_RESTORED);
        assertThat(become(Role.PRIMARY, DomainState.HOLDING, 3)).containsExactly(NotificationTypes.PROTECTION_LOST);
        assertThat(become(Role.PRIMARY, DomainState.SOLO, 4)).as("once").isEmpty();
    }

    @Test
    void aGuestThatIsStoppedHasLostNothing() {
        become(Role.PRIMARY, DomainState.PROTECTED, 3);
        assertThat(become(Role.PRIMARY, DomainState.STOPPED, 4)).isEmpty();
        assertThat(become(Role.PRIMARY, DomainState.STARTING, 5)).isEmpty();
        assertThat(become(Role.PRIMARY, DomainState.SOLO, 5)).isEmpty();
    }

    @Test
    void aHypervisorThatFailsIsALoss() {
        become(Role.PRIMARY, DomainState.PROTECTED, 3);
        assertThat(become(Role.PRIMARY, DomainState.FAILED, 3)).containsExactly(NotificationTypes.PROTECTION_LOST);
    }

    @Test
    void whoTakesOverRunsUnprotectedAtFirst() {
        become(Role.STANDBY, DomainState.READY, 3);
        assertThat(become(Role.STANDBY, DomainState.TAKING_OVER, 4)).isEmpty();
        DomainStatus survivor = status(Role.PRIMARY, DomainState.SOLO, 4, Optional.of(Figures.takeover()));
        assertThat(become(survivor)).containsExactly(NotificationTypes.TAKEOVER, NotificationTypes.PROTECTION_LOST);
        assertThat(become(Role.PRIMARY, DomainState.PROTECTED, 4))
                .containsExactly(NotificationTypes.PROTECTION_RESTORED);
    }

    @Test
    void aSwitchoverIsNoLoss() {
        become(Role.PRIMARY, DomainState.PROTECTED, 3);
        assertThat(become(Role.PRIMARY, DomainState.SWITCHING, 3)).isEmpty();
        assertThat(become(Role.PRIMARY, DomainState.HOLDING, 3))
                .as("the arbiter is asked")
                .isEmpty();
        DomainStatus before = status;
        status = status(Role.PRIMARY, DomainState.STOPPED, 3, Optional.empty());
        assertThat(news.of(before, status))
                .filteredOn(item -> item.type().equals(NotificationTypes.SWITCHOVER))
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.text()).isEqualTo("Domain web was handed over to west after 40 ms");
                    assertThat(item.data().get("host")).isEqualTo("west");
                    assertThat(item.data().get("millis")).isEqualTo(40L);
                });
        assertThat(become(Role.STANDBY, DomainState.RECEIVING, 4)).isEmpty();
    }

    @Test
    void aSwitchoverThatFailsIsALoss() {
        become(Role.PRIMARY, DomainState.PROTECTED, 3);
        become(Role.PRIMARY, DomainState.SWITCHING, 3);
        become(Role.PRIMARY, DomainState.HOLDING, 3);
        assertThat(become(Role.PRIMARY, DomainState.SOLO, 4)).containsExactly(NotificationTypes.PROTECTION_LOST);
    }

    @Test
    void aGuestThatIsStoppedInTheMiddleIsNotHandedOver() {
        become(Role.PRIMARY, DomainState.PROTECTED, 3);
        become(Role.PRIMARY, DomainState.SWITCHING, 3);
        assertThat(become(Role.PRIMARY, DomainState.STOPPED, 4)).isEmpty();
    }
}
