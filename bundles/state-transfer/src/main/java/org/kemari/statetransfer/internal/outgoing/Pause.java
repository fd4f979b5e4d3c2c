package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.linux.PageCapture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a checkpoint during which the guest stands still: stop it, save the device state and copy the dirty pages
 * at the same time, let it run again. Nothing in between allocates more than a few small objects, or logs.
 */
final class Pause {
    private static final Logger LOG = LoggerFactory.getLogger(Pause.class);
    private static final long DEVICE_STATE_SECONDS = 30;

    private final PageCapture capture;
    private final CaptureBuffer buffer;

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
        boolean running = false;
        try {
            vm.pause();
            long stopped = System.nanoTime();
            CompletableFuture<ByteBuffer> saving = vm.saveDeviceState();
            PageCapture.Copied copied = capture.capture(buffer.runs(), buffer.data(), true);
            while (copied.remainingPages() > 0) {
                overflow.drain(copied);
                copied = capture.copy(buffer.runs(), buffer.data(), true);
            }
            long captured = System.nanoTime();
            // queued behind the saving, which often still goes on: no round trip between the two
            vm.resume();
            running = true;
            long end = System.nanoTime();
            ByteBuffer state = await(saving);
            return new Result(
                    state,
                    copied,
                    end - begin,
                    stopped - begin,
                    captured - stopped,
                    end - stopped,
                    end - captured,
                    end);
        } finally {
            if (!running) {
                resume(vm);
            }
        }
    }

    private static void resume(VirtualMachine vm) {
        if (!vm.isAlive()) {
            return;
        }
        try {
            vm.resume();
        } catch (HypervisorException e) {
            LOG.warn(
                    "The guest of process {} could not be resumed after a failed checkpoint: {}",
                    vm.pid(),
                    e.getMessage());
        }
    }

    private static ByteBuffer await(CompletableFuture<ByteBuffer> saving) throws IOException {
        try {
            return saving.get(DEVICE_STATE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException("the device state could not be saved", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the device state was not saved within " + DEVICE_STATE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the device state was saved", e);
        }
    }
}
