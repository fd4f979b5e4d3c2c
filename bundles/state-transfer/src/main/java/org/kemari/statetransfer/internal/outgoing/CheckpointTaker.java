package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.api.transfer.CheckpointReport;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Takes one checkpoint and sends it. One thread. */
final class CheckpointTaker {
    private final Pause pause;
    private final CaptureBuffer buffer;
    private final PageFrames pages;
    private final Optional<DeltaFrames> deltas;
    private final PageFrames wholePages = new PageFrames();
    private final CheckpointFrames frames;
    private final AheadFrames ahead;
    private final Repairs repairs;
    private final CommitReader commits;
    private final Settlement settlement;
    private final OutgoingFigures figures;
    private final Duration tapTimeout;
    private final boolean logsFrames;
    private boolean begun;
    private long lastWhole;

    CheckpointTaker(
            Pause pause,
            CaptureBuffer buffer,
            Optional<DeltaFrames> deltas,
            CheckpointFrames frames,
            AheadFrames ahead,
            Repairs repairs,
            CommitReader commits,
            Settlement settlement,
            OutgoingFigures figures,
            Duration tapTimeout,
            boolean logsFrames) {
        this.pause = pause;
        this.buffer = buffer;
        this.deltas = deltas;
        this.pages = new PageFrames(deltas);
        this.frames = frames;
        this.ahead = ahead;
        this.repairs = repairs;
        this.commits = commits;
        this.settlement = settlement;
        this.figures = figures;
        this.tapTimeout = tapTimeout;
        this.logsFrames = logsFrames;
    }

    CheckpointReport take(long epoch, VirtualMachine vm, DomainTap tap) throws IOException {
        begun = false;
        lastWhole = 0;
        Pause.Result result;
        TapSnapshot rings;
        List<DiskExtent> toRepair;
        settlement.beforeCheckpoint(epoch);
        tap.prepare(epoch);
        try {
            // only a checkpoint that is larger than the buffer is sent, in part, during the pause
            result = pause.take(vm, full -> {
                begin(epoch);
                buffer.used(full);
                // with the least effort: the guest stands still
                deltas.ifPresent(DeltaFrames::forgetAll);
                wholePages.send(buffer.runs(), full.runs(), buffer.data(), frames);
            });
            rings = tap.snapshot(tapTimeout);
            toRepair = tap.takeRepairs();
        } catch (IOException | RuntimeException e) {
            tap.cancel();
            throw e;
        }
        return send(epoch, result, rings, toRepair, tap);
    }

    /** The last checkpoint, if it was taken and sent to its end and nothing has been captured since; otherwise 0. */
    long lastWhole() {
        return lastWhole;
    }

    private void begin(long epoch) throws IOException {
        if (!begun) {
            begun = true;
            figures.begun(epoch);
            frames.begin(epoch);
        }
    }

    private CheckpointReport send(
            long epoch, Pause.Result result, TapSnapshot rings, List<DiskExtent> toRepair, DomainTap tap)
            throws IOException {
        long begin = System.nanoTime();
        begin(epoch);
        buffer.used(result.copied());
        pages.send(buffer.runs(), result.copied().runs(), buffer.data(), frames);
        try (WrittenAhead written = tap.takeWrittenAhead(tapTimeout)) {
            ahead.send(written, frames);
        }
        repairs.send(toRepair, tap, frames);
        frames.writeDeviceState(result.deviceState());
        frames.write(new WireMessage.Rings(rings));
        if (logsFrames) {
            PacketFrames.send(tap.frames().atPause(), frames);
        }
        commits.expect(epoch);
        figures.sending(epoch, result.endNanos(), frames.volume().pages());
        frames.end();
        lastWhole = epoch;
        settlement.afterCheckpoint(epoch, rings);
        CheckpointReport report = new CheckpointReport(
                epoch,
                result.pauseNanos(),
                result.stopNanos(),
                result.captureNanos(),
                result.deviceStateNanos(),
                result.resumeNanos(),
                System.nanoTime() - begin,
                frames.volume().pages(),
                frames.bytes(),
                frames.volume().rawBytes(),
                frames.volume().zeroPages(),
                frames.volume().deltaPages());
        figures.sent(report, frames.volume());
        return report;
    }
}
