package org.kemari.protection.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.hypervisor.VmListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears what happens to a virtual machine and tells the controller that has it at present. */
final class VmRelay implements VmListener {
    private static final Logger LOG = LoggerFactory.getLogger(VmRelay.class);

    private final String domain;
    private final AtomicLong resets = new AtomicLong();
    private final Remarks remarks = new Remarks();
    private final CountDownLatch exited = new CountDownLatch(1);
    private Consumer<Event> target;
    private VmExit exit;

    VmRelay(String domain) {
        this.domain = domain;
    }

    /** From now on this controller is told; an exit that nobody has been told of is told at once. */
    synchronized void target(Consumer<Event> newTarget) {
        target = newTarget;
        if (exit != null) {
            target.accept(new Event.VmExited(exit));
        }
    }

    long resets() {
        return resets.get();
    }

    /** What else is to be said of the guest. */
    Remarks remarks() {
        return remarks;
    }

    /** Whether the process has ended, or does so soon. */
    boolean exitsWithin(long millis) {
        try {
            return exited.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return exited.getCount() == 0;
        }
    }

    @Override
    public void guestReset() {
        resets.incrementAndGet();
        remarks.clear();
        LOG.info("domain {}: the guest has reset itself", domain);
    }

    @Override
    public void guestPanicked() {
        remarks.note("kernel", "the guest's kernel has crashed");
        LOG.warn("domain {}: the guest's kernel has crashed; see its console log", domain);
    }

    @Override
    public synchronized void exited(VmExit how) {
        exit = how;
        exited.countDown();
        if (target != null) {
            target.accept(new Event.VmExited(how));
        }
    }
}
