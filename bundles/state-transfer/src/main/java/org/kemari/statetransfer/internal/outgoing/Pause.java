package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.linux.PageCapture;

/**
 * The part of a checkpoint during which the guest stands still: stop it, save the device state and copy the dirty pages
 * at the same time, let it run again. Nothing in between allocates more than a few small objects, or logs.
 */
final class Pause {
    private final PageCapture capture;
    private final CaptureBuffer buffer;
    private PageCapture.Copied copied;
    private long stoppedNanos;
    private long capturedNanos;

    Pause(PageCapture capture, CaptureBuffer buffer) {
        this.capture = capture;
        this.buffer = buffer;
    }

    /**
     * What a pause brought.
     *
     * @param deviceState valid until the next pause
     * @param copied what is in the buffer
     * @param endNanos when the guest ran again, on the clock of {@link System#nanoTime}
     */
    record Result(
            ByteBuffer deviceState,
            PageCapture.Copied copied,
            long pauseNanos,
            long stopNanos,
            long captureNanos,
            long deviceStateNanos,
            long resumeNanos,
            long endNanos) {}

    /** Takes what is in the buffer when it is full, so that there is room for more. */
    interface Overflow {
        void drain(PageCapture.Copied copied) throws IOException;
    }

    /** Whatever happens, the guest runs again when this returns, or could not be made to. */
    Result take(VirtualMachine vm, Overflow overflow) throws IOException {
        long begin = System.nanoTime();
        ByteBuffer state = vm.checkpoint(() -> {
            stoppedNanos = System.nanoTime();
            copied = capture.capture(buffer.runs(), buffer.data(), true);
            while (copied.remainingPages() > 0) {
                overflow.drain(copied);
                copied = capture.copy(buffer.runs(), buffer.data(), true);
            }
            capturedNanos = System.nanoTime();
        });
        long end = System.nanoTime();
        return new Result(
                state,
                copied,
                end - begin,
                stoppedNanos - begin,
                capturedNanos - stoppedNanos,
                end - stoppedNanos,
                end - capturedNanos,
                end);
    }
}
