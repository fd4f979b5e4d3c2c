package org.kemari.api.protection;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;

/**
 * Everything there is to say about a domain on this host, at one moment.
 *
 * @param name its name
 * @param role what this host is to it
 * @param state what this host is doing with it
 * @param reason why it is in that state, or why it is not protected, for people
 * @param peer the other host; empty without one
 * @param generation generation as far as known, 0 if never run
 * @param session attempt at protection, 0 without one
 * @param epoch last committed epoch of the session
 * @param sinceEpochMillis wall-clock time of the last change of state
 * @param pid hypervisor process, 0 without one
 * @param guestResets how often the guest has reset itself while here
 * @param sync progress of the full sync
 * @param transfer figures of the session, if there is one
 * @param devices figures of the tapped devices; empty without a tap
 * @param restoration figures of ring restoration
 * @param lastTakeover the last takeover by this host, if any
 */
public record DomainStatus(
        String name,
        Role role,
        DomainState state,
        String reason,
        String peer,
        long generation,
        long session,
        long epoch,
        long sinceEpochMillis,
        long pid,
        long guestResets,
        SyncProgress sync,
        Optional<TransferStatus> transfer,
        List<DeviceStatus> devices,
        RestorationStatus restoration,
        Optional<TakeoverReport> lastTakeover) {
    public DomainStatus {
        Objects.requireNonNull(name);
        Objects.requireNonNull(role);
        Objects.requireNonNull(state);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(peer);
        Objects.requireNonNull(sync);
        Objects.requireNonNull(transfer);
        Objects.requireNonNull(restoration);
        Objects.requireNonNull(lastTakeover);
        devices = List.copyOf(devices);
    }
}
