package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;

class PrimaryMachineTest {
    private static final long MS = 1_000_000;
    private static final OwnershipRecord SOLO = OwnershipRecord.first("web", "east");
    private static final OwnershipRecord JOINED = SOLO.joined("west", 7);
    private static final Claim JOIN = new Claim.Join(SOLO, "west", 7);
    private static final Claim DROP = new Claim.Drop(1);

    private PrimaryMachine machine = machine(1, Duration.ZERO);
    private long now = 1_000_000_000L;

    private static PrimaryMachine machine(int epochsInFlight, Duration targetLatency) {
        ProtectionSettings settings = new ProtectionSettings(
                List.of(),
                true,
                FencePolicy.AUTO,
                ProtectionSettings.DEFAULT.maxEpochAge(),
                ProtectionSettings.DEFAULT.minEpochGap(),
                WritePolicy.HOLD,
                epochsInFlight,
                targetLatency);
        return new PrimaryMachine(settings, new Redundancy("east", settings), () -> 7);
    }

    private List<Action> on(Event event) {
        return List.copyOf(machine.handle(event, now));
    }

    private List<Action> on(Claim claim, ClaimResult result) {
        return on(new Event.ClaimEnded(claim, result));
    }

    private void solo() {
        assertThat(on(new Event.StartRequested())).containsExactly(new Action.Ask(new Claim.Start()));
        assertThat(on(new Claim.Start(), new ClaimResult.Won(SOLO))).containsExactly(new Action.Launch());
        assertThat(on(new Event.Launched())).isEmpty();
        assertThat(machine.state()).isEqualTo(DomainState.SOLO);
    }

    private void syncing() {
        solo();
        assertThat(on(new Event.ProtectRequested("west"))).containsExactly(new Action.OpenSession("west", 7));
        assertThat(on(new Event.SessionOpened(7))).containsExactly(new Action.SyncLive());
    }

    private void joining() {
        syncing();
        assertThat(on(new Event.SyncDone(7))).containsExactly(new Action.HoldOutputs());
        assertThat(on(new Event.OutputsHeld(7)))
                .containsExactly(new Action.LogChanges("west", 7), new Action.TakeCheckpoint(1));
        assertThat(on(new Event.CheckpointSent(7, 1))).isEmpty();
        assertThat(on(new Event.Committed(7, 1))).containsExactly(new Action.Ask(JOIN));
        assertThat(machine.state()).isEqualTo(DomainState.JOINING);
    }

    private void protectedNow() {
        joining();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED)))
                .containsExactly(new Action.KeepFailed(true), new Action.SendJoined(JOINED), new Action.Release(1));
        assertThat(machine.state()).isEqualTo(DomainState.PROTECTED);
    }

    @Test
    void mirroredDisksRunAheadOnceTheRecordNamesTheStandby() {
        ProtectionSettings settings = ProtectionSettings.DEFAULT;
        machine = new PrimaryMachine(
                new ProtectionSettings(
                        settings.standbys(),
                        settings.automatic(),
                        settings.fence(),
                        settings.maxEpochAge(),
                        settings.minEpochGap(),
                        WritePolicy.RUN_AHEAD),
                new Redundancy("east", settings),
                () -> 7);
        joining();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED)))
                .containsExactly(
                        new Action.KeepFailed(true),
                        new Action.SendJoined(JOINED),
                        new Action.Release(1),
                        new Action.RunAhead("west", 7));
    }

    @Test
    void nothingIsReleasedBeforeTheRecordNamesTheStandby() {
        joining();
        assertThat(on(new Event.OutputHeld())).isEmpty();
        now += 5_000 * MS;
        assertThat(on(new Event.Tick())).isEmpty();
    }

    @Test
    void outputsShareTheCheckpointAfterTheOneUnderWay() {
        protectedNow();
        assertThat(on(new Event.OutputHeld())).containsExactly(new Action.TakeCheckpoint(2));
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.CheckpointSent(7, 2))).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2), new Action.TakeCheckpoint(3));
        assertThat(on(new Event.Committed(7, 3))).containsExactly(new Action.Release(3));
    }

    /** Protected, epochs 2 and 3 sent and not committed. */
    private void twoInFlight() {
        machine = machine(2, Duration.ZERO);
        protectedNow();
        assertThat(on(new Event.OutputHeld())).containsExactly(new Action.TakeCheckpoint(2));
        assertThat(on(new Event.OutputHeld())).as("one is taken at a time").isEmpty();
        assertThat(on(new Event.CheckpointSent(7, 2))).containsExactly(new Action.TakeCheckpoint(3));
        assertThat(on(new Event.CheckpointSent(7, 3))).isEmpty();
    }

    @Test
    void noMoreEpochsAreInFlightThanAllowed() {
        twoInFlight();
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(machine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        now += 5_000 * MS;
        assertThat(on(new Event.Tick())).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2), new Action.TakeCheckpoint(4));
        assertThat(on(new Event.Committed(7, 3))).containsExactly(new Action.Release(3));
        assertThat(on(new Event.CheckpointSent(7, 4))).isEmpty();
        assertThat(on(new Event.Committed(7, 4))).containsExactly(new Action.Release(4));
        assertThat(machine.epoch()).isEqualTo(4);
    }

    @Test
    void commitsComeInOrderWithoutGaps() {
        twoInFlight();
        assertThat(on(new Event.Committed(7, 3))).isEmpty();
        assertThat(on(new Event.Committed(7, 4))).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(on(new Event.Committed(7, 2))).isEmpty();
        assertThat(on(new Event.Committed(6, 3))).isEmpty();
        assertThat(on(new Event.Committed(7, 3))).containsExactly(new Action.Release(3));
    }

    @Test
    void aStandbyLostWithTwoEpochsInFlightReleasesNeitherBeforeTheRecord() {
        twoInFlight();
        assertThat(on(new Event.SessionEnded(7, "reset"))).containsExactly(new Action.Ask(DROP));
        assertThat(machine.releasing()).isZero();
        assertThat(on(new Event.Committed(7, 2))).as("late").isEmpty();
        assertThat(on(new Event.Committed(7, 3))).as("late").isEmpty();
        assertThat(on(DROP, new ClaimResult.Open("no answer"))).isEmpty();
        now += Petition.RETRY_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east"))))
                .endsWith(new Action.CloseSession(), new Action.KeepFailed(false), new Action.PassThrough());
    }

    @Test
    void aStandbyLostBetweenTwoCommitsKeepsTheSecondHeld() {
        twoInFlight();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(on(new Event.PeerLost("west", "silence"))).containsExactly(new Action.Ask(DROP));
        assertThat(on(new Event.Committed(7, 3))).isEmpty();
        assertThat(on(DROP, new ClaimResult.Refused("west owns it")))
                .endsWith(new Action.Destroy())
                .doesNotHaveAnyElementsOfTypes(Action.Release.class, Action.PassThrough.class);
    }

    @Test
    void aSwitchoverWaitsForAllThatIsInFlightAndAddsNothing() {
        twoInFlight();
        assertThat(on(new Event.SwitchoverRequested())).isEmpty();
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(machine.state()).isEqualTo(DomainState.PROTECTED);
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.Committed(7, 3))).containsExactly(new Action.Release(3), new Action.Drain());
        assertThat(machine.state()).isEqualTo(DomainState.SWITCHING);
        assertThat(machine.releasing()).isZero();
        on(new Event.Drained(7));
        on(new Event.SessionEnded(7, "sealed"));
        assertThat(on(DROP, new ClaimResult.Refused("west owns it"))).containsExactly(new Action.Retire(3));
    }

    @Test
    void aSwitchoverDuringACheckpointIsOfThatCheckpoint() {
        machine = machine(2, Duration.ZERO);
        protectedNow();
        on(new Event.OutputHeld());
        assertThat(on(new Event.SwitchoverRequested())).isEmpty();
        assertThat(on(new Event.CheckpointSent(7, 2)))
                .as("no other one behind it")
                .isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2), new Action.Drain());
    }

    @Test
    void aJoinTakesOneCheckpointHoweverManyMayBeInFlight() {
        machine = machine(3, Duration.ofMillis(10));
        joining();
        assertThat(machine.releasing()).isZero();
        assertThat(on(new Event.OutputHeld())).isEmpty();
        now += 5_000 * MS;
        assertThat(on(new Event.Tick())).isEmpty();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED))).contains(new Action.Release(1));
        assertThat(machine.releasing()).isEqualTo(7);
    }

    @Test
    void aBusyGuestsOutputsWaitForMoreAQuietOnesDoNot() {
        machine = machine(1, Duration.ofMillis(20));
        protectedNow();
        now += 100 * MS;
        assertThat(on(new Event.OutputHeld()))
                .as("after a long time at once")
                .containsExactly(new Action.TakeCheckpoint(2));
        now += 4 * MS;
        on(new Event.CheckpointSent(7, 2));
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(on(new Event.OutputHeld())).isEmpty();
        long begun = now;
        int held = 1;
        while (now - begun < 100 * MS && machine.countsHeld()) {
            now = machine.deadlineNanos();
            machine.held(++held, now);
            if (!on(new Event.Tick()).isEmpty()) {
                break;
            }
        }
        // four times what a checkpoint costs, 4 ms, since the last one was begun
        assertThat(now - begun).isEqualTo(12 * MS);

        on(new Event.CheckpointSent(7, 3));
        on(new Event.Committed(7, 3));
        assertThat(on(new Event.OutputHeld())).isEmpty();
        now = machine.deadlineNanos();
        machine.held(held, now);
        assertThat(on(new Event.Tick())).as("no more have come").containsExactly(new Action.TakeCheckpoint(4));
    }

    @Test
    void anIdleGuestIsCheckpointedWhenTheEpochIsTooOld() {
        protectedNow();
        assertThat(machine.deadlineNanos() - now).isEqualTo(1000 * MS);
        now += 999 * MS;
        assertThat(on(new Event.Tick())).isEmpty();
        now += MS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.TakeCheckpoint(2));
    }

    @Test
    void changedTimesAreInForceForTheNextCheckpoint() {
        protectedNow();
        ProtectionSettings often = new ProtectionSettings(
                List.of(), true, FencePolicy.AUTO, Duration.ofMillis(200), Duration.ofMillis(50), WritePolicy.HOLD);
        now += 100 * MS;
        assertThat(on(new Event.SettingsRead(often))).isEmpty();
        assertThat(machine.deadlineNanos() - now).isEqualTo(100 * MS);
        assertThat(on(new Event.OutputHeld())).containsExactly(new Action.TakeCheckpoint(2));
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(machine.deadlineNanos() - now).isEqualTo(50 * MS);
    }

    @Test
    void aStandbyThatIsListedLaterIsLookedForAndOneThatIsNoLongerListedStays() {
        solo();
        assertThat(machine.reason()).isEqualTo("not protected: no standby asked for");
        assertThat(on(new Event.PeerAlive("west"))).isEmpty();
        assertThat(on(new Event.SettingsRead(listing("north")))).isEmpty();
        assertThat(machine.reason()).isEqualTo("not protected; waiting for north to be there");
        assertThat(on(new Event.SettingsRead(listing("north", "west"))))
                .containsExactly(new Action.OpenSession("west", 7));
        assertThat(on(new Event.SettingsRead(ProtectionSettings.DEFAULT))).isEmpty();
        assertThat(on(new Event.SessionOpened(7))).containsExactly(new Action.SyncLive());
    }

    private static ProtectionSettings listing(String... standbys) {
        return new ProtectionSettings(
                List.of(standbys), true, FencePolicy.AUTO, Duration.ofSeconds(1), Duration.ZERO, WritePolicy.HOLD);
    }

    @Test
    void acknowledgementsOfOtherSessionsAndEpochsDoNotCount() {
        protectedNow();
        on(new Event.OutputHeld());
        assertThat(on(new Event.Committed(6, 2))).isEmpty();
        assertThat(on(new Event.Committed(7, 1))).isEmpty();
        assertThat(on(new Event.Committed(7, 3))).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2));
        assertThat(on(new Event.Committed(7, 2))).isEmpty();
    }

    @Test
    void aLostStandbyIsDroppedByTheRecordBeforeAnythingPasses() {
        protectedNow();
        on(new Event.OutputHeld());
        assertThat(on(new Event.SessionEnded(7, "reset"))).containsExactly(new Action.Ask(DROP));
        assertThat(machine.state()).isEqualTo(DomainState.HOLDING);
        assertThat(on(new Event.Committed(7, 2))).isEmpty();
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east"))))
                .endsWith(new Action.CloseSession(), new Action.KeepFailed(false), new Action.PassThrough());
        assertThat(machine.state()).isEqualTo(DomainState.SOLO);
        assertThat(machine.generation()).isEqualTo(2);
        assertThat(machine.reason()).contains("reset");
    }

    @Test
    void whoeverLosesTheRaceDestroysItsGuest() {
        protectedNow();
        on(new Event.PeerLost("west", "silence"));
        assertThat(on(DROP, new ClaimResult.Refused("west owns it")))
                .endsWith(new Action.Destroy())
                .doesNotContain(new Action.PassThrough());
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void anUnknownOutcomeIsAskedAgainAndHoldsMeanwhile() {
        protectedNow();
        on(new Event.SessionEnded(7, "reset"));
        assertThat(on(DROP, new ClaimResult.Open("no answer"))).isEmpty();
        assertThat(on(new Event.Tick())).isEmpty();
        now += Petition.RETRY_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
    }

    @Test
    void aJoinOfUnknownOutcomeIsLeftByADrop() {
        joining();
        assertThat(on(JOIN, new ClaimResult.Open("no answer"))).isEmpty();
        assertThat(machine.state()).isEqualTo(DomainState.HOLDING);
        now += Petition.RETRY_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
    }

    @Test
    void aStandbyLostWhileTheArbiterIsAskedIsDroppedOnceItHasAnswered() {
        joining();
        assertThat(on(new Event.SessionEnded(7, "reset"))).isEmpty();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED))).containsExactly(new Action.Ask(DROP));
    }

    @Test
    void aStandbyLostDuringTheSyncCostsNothing() {
        syncing();
        assertThat(on(new Event.SessionEnded(7, "reset")))
                .contains(new Action.CloseSession())
                .doesNotContain(new Action.Ask(DROP));
        assertThat(machine.state()).isEqualTo(DomainState.SOLO);
    }

    @Test
    void aFailedHypervisorIsHandedToTheStandbyAndNotDropped() {
        protectedNow();
        List<Action> actions = on(new Event.VmExited(new VmExit(VmExit.Cause.HYPERVISOR_FAILED, "signal 9")));
        assertThat(actions)
                .filteredOn(a -> a instanceof Action.SayFarewell f && f.farewell() == Farewell.HYPERVISOR_FAILED)
                .hasSize(1);
        assertThat(actions).noneMatch(a -> a instanceof Action.Ask);
        assertThat(machine.state()).isEqualTo(DomainState.FAILED);
    }

    @Test
    void aGuestThatPowersItselfOffEndsOnBothHostsByTheRecord() {
        protectedNow();
        assertThat(on(new Event.VmExited(new VmExit(VmExit.Cause.GUEST_POWERED_OFF, ""))))
                .containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east"))))
                .startsWith(
                        new Action.SayFarewell(Farewell.GUEST_POWERED_OFF, "the guest has powered itself off"),
                        new Action.CloseSession())
                .endsWith(new Action.Destroy());
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void aStopDropsTheStandbyThenAsksTheGuestThenKills() {
        protectedNow();
        assertThat(on(new Event.StopRequested(10_000 * MS))).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east")))).contains(new Action.PowerDown());
        now += 10_000 * MS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Destroy());
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
    }

    @Test
    void aLaunchThatEndsAfterAStopIsUndone() {
        on(new Event.StartRequested());
        on(new Claim.Start(), new ClaimResult.Won(SOLO));
        on(new Event.StopRequested(0));
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
        assertThat(on(new Event.Launched())).containsExactly(new Action.Destroy());
    }

    @Test
    void aStopWhileTheArbiterIsAskedForTheStandbyHoldsUntilItIsDropped() {
        joining();
        assertThat(on(new Event.StopRequested(0))).isEmpty();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED))).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Open("no answer"))).isEmpty();
        assertThat(on(new Event.UnprotectRequested())).isEmpty();
        assertThat(on(new Event.SessionEnded(7, "closed"))).isEmpty();
        assertThat(on(new Event.PeerLost("west", "reset"))).isEmpty();
        assertThat(machine.state()).isEqualTo(DomainState.HOLDING);
    }

    @Test
    void aStopBeforeTheGuestRunsDoesNotAskIt() {
        on(new Event.StartRequested());
        on(new Claim.Start(), new ClaimResult.Won(SOLO));
        assertThat(on(new Event.StopRequested(10_000 * MS))).containsExactly(new Action.Destroy());
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
        assertThat(on(new Event.Launched())).containsExactly(new Action.Destroy());
    }

    private void switching() {
        protectedNow();
        assertThat(on(new Event.SwitchoverRequested())).containsExactly(new Action.TakeCheckpoint(2));
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.Committed(7, 2))).containsExactly(new Action.Release(2), new Action.Drain());
        assertThat(machine.state()).isEqualTo(DomainState.SWITCHING);
    }

    @Test
    void aSwitchoverAsksOnlyWhenAllIsExecutedAndReleasesNothingAfterwards() {
        switching();
        assertThat(on(new Event.OutputHeld())).isEmpty();
        assertThat(on(new Event.Drained(7))).hasOnlyElementsOfType(Action.SayFarewell.class);
        now += 5_000 * MS;
        assertThat(on(new Event.Tick())).isEmpty();
        assertThat(on(new Event.SessionEnded(7, "sealed"))).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Refused("west owns it"))).containsExactly(new Action.Retire(2));
        assertThat(machine.state()).isEqualTo(DomainState.STOPPED);
        assertThat(machine.endedByWill()).isFalse();
    }

    @Test
    void aStandbyThatDoesNotTakeOverIsDroppedAndTheGuestGoesOn() {
        switching();
        on(new Event.Drained(7));
        now += PrimaryMachine.SWITCHOVER_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Open("no answer"))).isEmpty();
        now += Petition.RETRY_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east")))).endsWith(new Action.PassThrough());
        assertThat(machine.state()).isEqualTo(DomainState.SOLO);
    }

    @Test
    void aFailedDiskHandsOverAfterNothingIsExecutedAnyMore() {
        protectedNow();
        List<Action> actions = on(new Event.StorageFailed("vda", "EIO"));
        assertThat(actions.get(0)).isEqualTo(new Action.Destroy());
        assertThat(((Action.SayFarewell) actions.get(1)).farewell()).isEqualTo(Farewell.STORAGE_FAILED);
        assertThat(machine.state()).isEqualTo(DomainState.FAILED);
        assertThat(machine.reason()).contains("vda").contains("west");
    }

    @Test
    void protectionComesBackByItselfWhenAHostOfTheListIsThere() {
        ProtectionSettings listed = new ProtectionSettings(
                List.of("east", "west", "north"),
                true,
                FencePolicy.AUTO,
                ProtectionSettings.DEFAULT.maxEpochAge(),
                ProtectionSettings.DEFAULT.minEpochGap(),
                ProtectionSettings.DEFAULT.writePolicy());
        PrimaryMachine auto = new PrimaryMachine(listed, new Redundancy("east", listed), () -> 9, SOLO, "taken over");
        assertThat(auto.handle(new Event.Tick(), now)).isEmpty();
        assertThat(auto.reason()).contains("waiting for west or north");
        assertThat(auto.handle(new Event.PeerAlive("north"), now)).containsExactly(new Action.OpenSession("north", 9));
        assertThat(auto.handle(new Event.SessionEnded(9, "refused"), now))
                .doesNotHaveAnyElementsOfTypes(Action.OpenSession.class);
        now += Redundancy.FIRST_RETRY_NANOS;
        assertThat(auto.deadlineNanos()).isEqualTo(now);
        assertThat(auto.handle(new Event.Tick(), now)).containsExactly(new Action.OpenSession("north", 9));
    }

    @Test
    void unprotectingTellsTheStandbyOnlyAfterTheRecord() {
        protectedNow();
        assertThat(on(new Event.UnprotectRequested())).containsExactly(new Action.Ask(DROP));
        List<Action> after = on(DROP, new ClaimResult.Won(SOLO.solo("east")));
        assertThat(after.get(0)).isInstanceOf(Action.SayFarewell.class);
        assertThat(after).endsWith(new Action.PassThrough());
    }

    @Test
    void aGuestIsLeftAloneAtOnce() {
        solo();
        assertThat(on(new Event.LeaveRequested())).containsExactly(new Action.Leave());
        assertThat(on(new Event.ProtectRequested("west")))
                .as("nothing new is begun")
                .isEmpty();
    }

    @Test
    void aProtectedGuestIsLeftOnlyWhenTheRecordNamesNoStandby() {
        protectedNow();
        assertThat(on(new Event.LeaveRequested())).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Open("no answer"))).doesNotContain(new Action.Leave());
        now += Petition.RETRY_NANOS;
        assertThat(on(new Event.Tick())).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east"))))
                .contains(new Action.SayFarewell(Farewell.UNPROTECTED, "Kemari is being exchanged on its host"))
                .containsSequence(new Action.PassThrough(), new Action.Leave())
                .endsWith(new Action.Leave());
    }

    @Test
    void aGuestThatRunsElsewhereByNowIsEnded() {
        protectedNow();
        on(new Event.LeaveRequested());
        assertThat(on(DROP, new ClaimResult.Refused("west owns it")))
                .endsWith(new Action.Destroy())
                .doesNotContain(new Action.Leave(), new Action.PassThrough());
    }

    @Test
    void aFirstCopyIsGivenUpToLeave() {
        syncing();
        assertThat(on(new Event.LeaveRequested())).endsWith(new Action.CloseSession(), new Action.Leave());
    }

    @Test
    void aJoinThatWasAskedForIsUndoneBeforeLeaving() {
        joining();
        assertThat(on(new Event.LeaveRequested())).isEmpty();
        assertThat(on(JOIN, new ClaimResult.Won(JOINED))).containsExactly(new Action.Ask(DROP));
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east")))).endsWith(new Action.Leave());
    }

    @Test
    void aStopThatTurnsIntoLeavingCompletesWhatADiskHasFailed() {
        protectedNow();
        assertThat(on(new Event.StopRequested(2_000 * MS))).containsExactly(new Action.Ask(DROP));
        on(new Event.LeaveRequested());
        assertThat(on(DROP, new ClaimResult.Won(SOLO.solo("east"))))
                .containsSubsequence(new Action.KeepFailed(false), new Action.PassThrough(), new Action.Leave());
    }
}
