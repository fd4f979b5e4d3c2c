package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;

class StandbyMachineTest {
    private static final long MS = 1_000_000;
    private static final Claim CLAIM = new Claim.TakeOver(1, 7);
    private static final OwnershipRecord JOINED =
            OwnershipRecord.first("web", "east").joined("west", 7);

    private final StandbyMachine machine = new StandbyMachine("east", 1, 7, 500 * MS, false, 0);
    private long now = 1_000_000_000L;

    private List<Action> on(Event event) {
        return List.copyOf(machine.handle(event, now));
    }

    private void ready() {
        assertThat(on(new Event.Applied(1))).isEmpty();
        assertThat(on(new Event.Joined(JOINED))).isEmpty();
        assertThat(machine.state()).isEqualTo(DomainState.READY);
    }

    @Test
    void aLostPrimaryIsTakenOverAfterACompareAndSet() {
        ready();
        assertThat(on(new Event.PeerLost("east", "reset"))).containsExactly(new Action.Ask(CLAIM));
        OwnershipRecord won = JOINED.solo("west");
        assertThat(on(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(won))))
                .containsExactly(new Action.TakeOver(won, "east is lost: reset"));
        assertThat(machine.state()).isEqualTo(DomainState.TAKING_OVER);
        assertThat(machine.generation()).isEqualTo(2);
    }

    @Test
    void aRefusedClaimEndsTheStandby() {
        ready();
        on(new Event.PeerLost("east", "silence"));
        assertThat(on(new Event.ClaimEnded(CLAIM, new ClaimResult.Refused("east goes on alone"))))
                .containsExactly(new Action.Abandon("east goes on alone"), new Action.Destroy());
    }

    @Test
    void anUnknownOutcomeLoadsNothingAndIsAskedAgain() {
        ready();
        on(new Event.PeerLost("east", "silence"));
        assertThat(on(new Event.ClaimEnded(CLAIM, new ClaimResult.Open("no answer"))))
                .isEmpty();
        now += Petition.RETRY_NANOS - 1;
        assertThat(on(new Event.Tick())).isEmpty();
        now += 1;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(CLAIM));
        assertThat(on(new Event.Tick())).isEmpty();
    }

    @Test
    void aLostLinkWithALivingPrimaryWaitsForTheRecordOrTheSilence() {
        ready();
        assertThat(on(new Event.SessionEnded(7, "reset"))).isEmpty();
        assertThat(machine.deadlineNanos()).isEqualTo(now + 500 * MS);
        now += 500 * MS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(CLAIM));
    }

    @Test
    void aLostImageIsNotClaimedFor() {
        ready();
        assertThat(on(new Event.ImageLost("the disk fails"))).endsWith(new Action.Destroy());
        assertThat(on(new Event.SessionEnded(7, "the disk fails"))).isEmpty();
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void anImageLostWhileWaitingForTheArbiterIsGivenUp() {
        ready();
        on(new Event.PeerLost("east", "reset"));
        assertThat(on(new Event.ImageLost("the disk fails"))).isEmpty();
        assertThat(on(new Event.ClaimEnded(CLAIM, new ClaimResult.Open("no answer"))))
                .containsExactly(new Action.Abandon("the disk fails"), new Action.Destroy());
    }

    @Test
    void anImageLostBeforeTheArbiterHasSaidYesIsNotTakenOver() {
        ready();
        on(new Event.PeerLost("east", "reset"));
        on(new Event.ImageLost("the disk fails"));
        assertThat(on(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(JOINED.solo("west")))))
                .endsWith(new Action.Destroy());
        assertThat(machine.state()).isEqualTo(DomainState.FAILED);
    }

    @Test
    void withoutACompleteImageThereIsNothingToTakeOver() {
        assertThat(on(new Event.PeerLost("east", "reset"))).endsWith(new Action.Destroy());
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void aCommitThatIsNotYetAppliedCounts() {
        machine.committed(1);
        assertThat(on(new Event.PeerLost("east", "reset"))).containsExactly(new Action.Ask(CLAIM));
    }

    @Test
    void farewellsEndTheStandbyButAFailedHypervisorIsTakenOver() {
        ready();
        assertThat(on(new Event.PrimarySaid(Farewell.HYPERVISOR_FAILED, "signal 9")))
                .containsExactly(new Action.Ask(CLAIM));
        StandbyMachine other = new StandbyMachine("east", 1, 7, 500 * MS, false, 0);
        other.handle(new Event.Applied(1), now);
        assertThat(List.copyOf(other.handle(new Event.PrimarySaid(Farewell.GUEST_POWERED_OFF, ""), now)))
                .endsWith(new Action.Destroy());
        assertThat(other.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void aRecordOfAnotherSessionDoesNotMakeItReady() {
        on(new Event.Joined(OwnershipRecord.first("web", "east").joined("west", 6)));
        assertThat(machine.state()).isEqualTo(DomainState.RECEIVING);
    }

    @Test
    void nothingIsLoadedBeforeTheOldPrimaryHasBeenFenced() {
        StandbyMachine fencing = new StandbyMachine("east", 1, 7, 500 * MS, true, 2_000 * MS);
        fencing.handle(new Event.Applied(1), now);
        fencing.handle(new Event.Joined(JOINED), now);
        fencing.handle(new Event.PeerLost("east", "silence"), now);
        OwnershipRecord won = JOINED.solo("west");
        assertThat(fencing.handle(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(won)), now))
                .containsExactly(new Action.Fence("east"));
        assertThat(fencing.state()).isEqualTo(DomainState.FENCING);
        assertThat(fencing.handle(new Event.FenceFailed("no answer"), now)).isEmpty();
        assertThat(fencing.reason()).contains("no answer");
        now += 2_000 * MS;
        assertThat(fencing.handle(new Event.Tick(), now)).containsExactly(new Action.Fence("east"));
        assertThat(fencing.handle(new Event.Fenced(), now)).hasOnlyElementsOfType(Action.TakeOver.class);
        assertThat(fencing.handle(new Event.TakeoverRequested(), now)).isEmpty();
    }

    @Test
    void whoFailsWhileFencingDoesNotLetThePrimaryGoOnWithIt() {
        StandbyMachine fencing = new StandbyMachine("east", 1, 7, 500 * MS, true, 2_000 * MS);
        fencing.handle(new Event.Applied(1), now);
        fencing.handle(new Event.PeerLost("east", "silence"), now);
        fencing.handle(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(JOINED.solo("west"))), now);
        assertThat(fencing.handle(new Event.ImageLost("the disk fails"), now))
                .containsExactly(new Action.Abandon("the disk fails"), new Action.Destroy());
        assertThat(fencing.state()).isEqualTo(DomainState.FAILED);
    }

    @Test
    void anOperatorMaySayThatTheOldPrimaryIsDead() {
        StandbyMachine fencing = new StandbyMachine("east", 1, 7, 500 * MS, true, 2_000 * MS);
        fencing.handle(new Event.Applied(1), now);
        fencing.handle(new Event.PeerLost("east", "silence"), now);
        fencing.handle(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(JOINED.solo("west"))), now);
        assertThat(fencing.handle(new Event.TakeoverRequested(), now)).hasOnlyElementsOfType(Action.TakeOver.class);
        assertThat(fencing.handle(new Event.Fenced(), now)).isEmpty();
    }

    @Test
    void aPrimaryThatHasStoppedByItselfIsNotFenced() {
        StandbyMachine fencing = new StandbyMachine("east", 1, 7, 500 * MS, true, 2_000 * MS);
        fencing.handle(new Event.Applied(1), now);
        assertThat(fencing.handle(new Event.PrimarySaid(Farewell.SWITCHOVER, "asked for"), now))
                .containsExactly(new Action.Ask(CLAIM));
        assertThat(fencing.handle(new Event.ClaimEnded(CLAIM, new ClaimResult.Won(JOINED.solo("west"))), now))
                .hasOnlyElementsOfType(Action.TakeOver.class);
        assertThat(fencing.handedOver()).isTrue();
    }
}
