package org.kemari.protection.internal;

import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.transfer.Farewell;

/** What a controller's state machine is told. Reasons are for people. */
sealed interface Event {
    /** Time has passed; nothing else happened. */
    record Tick() implements Event {}

    // ---- operator

    record StartRequested() implements Event {}

    record StopRequested(long graceNanos) implements Event {}

    record ProtectRequested(String standby) implements Event {}

    record UnprotectRequested() implements Event {}

    record TakeoverRequested() implements Event {}

    record SwitchoverRequested() implements Event {}

    /** What the definition says of protection, told when it may have changed. */
    record SettingsRead(ProtectionSettings settings) implements Event {}

    /** Kemari, or a part of it, is being exchanged on this host: the guest goes on alone, and another controller finds it. */
    record LeaveRequested() implements Event {}

    // ---- hypervisor and tap

    record Launched() implements Event {}

    record LaunchFailed(String reason) implements Event {}

    record VmExited(VmExit exit) implements Event {}

    record OutputHeld() implements Event {}

    /** A disk failed a request, which is kept. */
    record StorageFailed(String device, String reason) implements Event {}

    // ---- the session, primary's side; events of another session than the present one are ignored

    record SessionOpened(long session) implements Event {}

    record SyncDone(long session) implements Event {}

    /** Outputs are held and the disks of both hosts are equal but for what is pending. */
    record OutputsHeld(long session) implements Event {}

    /** Nothing that was let out is being executed any more. */
    record Drained(long session) implements Event {}

    record CheckpointSent(long session, long epoch) implements Event {}

    record Committed(long session, long epoch) implements Event {}

    record SessionEnded(long session, String reason) implements Event {}

    // ---- the session, standby's side

    record Applied(long epoch) implements Event {}

    /** A committed checkpoint could not be applied: memory and disks here are no state of the guest any more. */
    record ImageLost(String reason) implements Event {}

    record Joined(OwnershipRecord record) implements Event {}

    record PrimarySaid(Farewell farewell, String detail) implements Event {}

    record TakeoverFailed(String reason) implements Event {}

    record Fenced() implements Event {}

    record FenceFailed(String reason) implements Event {}

    // ---- peer and arbiter

    record PeerAlive(String peer) implements Event {}

    record PeerLost(String peer, String reason) implements Event {}

    record ClaimEnded(Claim claim, ClaimResult result) implements Event {}
}
