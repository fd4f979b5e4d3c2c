package org.kemari.api.hypervisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running hypervisor process. Commands are sent one after another; safe for use by many threads. Every method throws
 * {@link HypervisorException} when the process is gone or refuses.
 */
public interface VirtualMachine {
    /** How long {@link #checkpoint} waits for the device state. */
    long SAVE_SECONDS = 30;

    /** Process id of the hypervisor. */
    long pid();

    /** Waits until the monitor answers, that is, until all devices have their backends. */
    void awaitReady(Duration timeout) throws HypervisorException;

    /** Stops the virtual CPUs and the devices; returns when they have stopped. About 1 ms. */
    void pause() throws HypervisorException;

    /** Lets the virtual CPUs run; returns when the devices have been started again. */
    void resume() throws HypervisorException;

    /**
     * Saves the state of all devices and CPUs, without RAM. Call while paused; other commands are carried out after it,
     * also a {@link #resume} that is called before it is done.
     *
     * @return the state, ready to read; valid until the next call
     */
    CompletableFuture<ByteBuffer> saveDeviceState();

    /** What is to be done while the guest stands still. */
    @FunctionalInterface
    interface WhilePaused {
        void run() throws IOException;
    }

    /**
     * Stops the guest, saves the state of all devices and CPUs, without RAM, and lets the guest run again. For one thread
     * at a time. Whatever happens, the guest runs again when this returns, or could not be made to.
     *
     * @param meanwhile carried out on this thread when the guest has stopped, while its state is saved; the guest does not
     *     run before it has returned
     * @return the state, ready to read; valid until the next call
     * @throws IOException if something fails, also what {@code meanwhile} throws
     */
    default ByteBuffer checkpoint(WhilePaused meanwhile) throws IOException {
        try {
            pause();
            CompletableFuture<ByteBuffer> saving = saveDeviceState();
            meanwhile.run();
            resume(); // queued behind the saving, which often still goes on: no round trip between the two
            return saved(saving);
        } catch (IOException | RuntimeException e) {
            resumeAfter(e);
            throw e;
        }
    }

    /** Makes the guest run after a failure; what comes of it is added to the failure. */
    default void resumeAfter(Exception failure) {
        try {
            if (isAlive()) {
                resume();
            }
        } catch (HypervisorException e) {
            failure.addSuppressed(e);
        }
    }

    private static ByteBuffer saved(CompletableFuture<ByteBuffer> saving) throws IOException {
        try {
            return saving.get(SAVE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException("the device state could not be saved", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the device state was not saved within " + SAVE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the device state was saved", e);
        }
    }

    /**
     * Loads a saved state into a virtual machine launched as incoming, whose RAM file already holds the memory. Returns
     * when it is loaded; the guest is paused.
     *
     * @param state the state, from position to limit
     */
    void loadDeviceState(ByteBuffer state) throws HypervisorException;

    /** Asks the guest to power itself off (ACPI). */
    void powerDown() throws HypervisorException;

    /** Ends the process now and waits until it is gone; the guest's RAM file is removed. Does nothing the second time. */
    void destroy();

    /** As {@link #destroy}, but the guest's RAM file stays, for {@link LaunchMode#INCOMING_RETAINED}. */
    void retire();

    /** Lets go of the process without ending it: it can be adopted later. */
    void release();

    boolean isAlive();

    /** Whether the guest's writes can be tracked from outside (the preloaded library is at work). */
    boolean tracksPages();
}
