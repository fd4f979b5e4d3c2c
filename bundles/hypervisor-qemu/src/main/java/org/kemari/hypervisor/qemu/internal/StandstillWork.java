package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import org.kemari.api.hypervisor.VirtualMachine.WhilePaused;

/** Does what is to be done while the guest stands still, and lets QEMU go on afterwards, whatever came of it. */
final class StandstillWork implements Runnable {
    private final WhilePaused work;
    private final StatePipe pipe;
    private IOException failure;
    private RuntimeException fault;

    StandstillWork(WhilePaused work, StatePipe pipe) {
        this.work = work;
        this.pipe = pipe;
    }

    @Override
    public void run() {
        try {
            work.run();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            fault = e;
        }
        try {
            pipe.widen();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            abandon();
        }
    }

    private void abandon() {
        try {
            pipe.abandon();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Throws what went wrong. */
    void check() throws IOException {
        if (fault != null) {
            throw fault;
        }
        if (failure != null) {
            throw failure;
        }
    }
}
