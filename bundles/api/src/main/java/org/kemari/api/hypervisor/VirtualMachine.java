package org.kemari.api.hypervisor;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A running hypervisor process. Commands are sent one after another; safe for use by many threads. Every method throws
 * {@link HypervisorException} when the process is gone or refuses.
 */
public interface VirtualMachine {
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
