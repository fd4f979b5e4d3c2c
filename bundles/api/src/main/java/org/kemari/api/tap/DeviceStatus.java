package org.kemari.api.tap;

import java.util.Objects;
import org.kemari.api.stats.LatencySummary;

/**
 * Figures of one tapped device. Counters only grow while the tap is open.
 *
 * @param device its id
 * @param kind its kind
 * @param connected whether the hypervisor is connected
 * @param state for people: {@code serving}, {@code waiting for the hypervisor}, {@code broken: …}
 * @param holding whether outputs are held at present
 * @param ahead whether the disk runs ahead of the checkpoints at present ({@link DomainTap#runAhead})
 * @param inFlight requests taken and not completed
 * @param heldOutputs outputs held and not released
 * @param reads block: read requests completed; net: frames given to the guest
 * @param writes block: write, discard, write-zeroes requests completed; net: frames taken from the guest
 * @param flushes block: flush requests completed
 * @param bytesRead bytes of {@code reads}
 * @param bytesWritten bytes of {@code writes}
 * @param dropped net: frames dropped because the guest, or the TAP device, had no room
 * @param errors requests failed to the guest
 * @param frames net: frames copied for a standby, or by it
 * @param hold time from taking an output to its release
 */
public record DeviceStatus(
        String device,
        DeviceKind kind,
        boolean connected,
        String state,
        boolean holding,
        boolean ahead,
        int inFlight,
        int heldOutputs,
        long reads,
        long writes,
        long flushes,
        long bytesRead,
        long bytesWritten,
        long dropped,
        long errors,
        FrameFigures frames,
        LatencySummary hold) {
    /** Of a device that copies no frames. */
    public DeviceStatus(
            String device,
            DeviceKind kind,
            boolean connected,
            String state,
            boolean holding,
            boolean ahead,
            int inFlight,
            int heldOutputs,
            long reads,
            long writes,
            long flushes,
            long bytesRead,
            long bytesWritten,
            long dropped,
            long errors,
            LatencySummary hold) {
        this(
                device,
                kind,
                connected,
                state,
                holding,
                ahead,
                inFlight,
                heldOutputs,
                reads,
                writes,
                flushes,
                bytesRead,
                bytesWritten,
                dropped,
                errors,
                FrameFigures.NONE,
                hold);
    }

    public DeviceStatus {
        Objects.requireNonNull(device);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(state);
        Objects.requireNonNull(frames);
        Objects.requireNonNull(hold);
    }
}
