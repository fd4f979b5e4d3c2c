package org.kemari.hypervisor.qemu.internal;

import java.time.Duration;
import java.util.Map;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.hypervisor.VmListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one QEMU from a thread of its own: translates the monitor's events for the listener, and the end of the process
 * into what it means.
 */
final class MachineWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MachineWatch.class);
    private static final Duration PROMPT = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofSeconds(30);

    private final String domain;
    private final String name;
    private final QemuProcess process;
    private final QmpClient monitor;
    private final VmListener listener;
    private final Runnable cleanUp;
    private volatile boolean poweredOff;
    private volatile boolean destroyed;
    private volatile boolean released;
    private volatile boolean pauseExpected;
    private long resets;
    private long resetLoggedNanos;

    /** @param cleanUp removes the files; called when the process is gone, before the listener is told */
    MachineWatch(String domain, QemuProcess process, QmpClient monitor, VmListener listener, Runnable cleanUp) {
        this.domain = domain;
        name = "domain " + domain + ": ";
        this.process = process;
        this.monitor = monitor;
        this.listener = listener;
        this.cleanUp = cleanUp;
    }

    void start() {
        Thread thread = new Thread(this::watch, "kemari-qemu-" + domain);
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether the guest is stopped because Kemari wants it so. */
    void expectPause(boolean expected) {
        pauseExpected = expected;
    }

    /** The process is about to be ended by Kemari. */
    void destroying() {
        destroyed = true;
    }

    /** The process is about to be left alone: nothing is watched any more, and nobody is told. */
    void releasing() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }

    private void watch() {
        monitor.run(this::event);
        if (released) {
            return;
        }
        if (process.isAlive() && !destroyed) {
            LOG.debug("{}the monitor's connection has ended, process {} still runs", name, process.pid());
        }
        try {
            boolean warned = false;
            while (!process.awaitExit(Duration.ofSeconds(2))) {
                if (released) {
                    return;
                }
                if (!warned) {
                    warned = true;
                    LOG.warn("{}QEMU (process {}) runs on without a monitor connection", name, process.pid());
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{}nobody watches process {} any more: interrupted", name, process.pid());
            return;
        }
        VmExit exit = new VmExit(cause(), process.describeExit());
        if (exit.cause() == VmExit.Cause.HYPERVISOR_FAILED) {
            LOG.warn("{}QEMU (process {}) has failed: {}", name, process.pid(), exit.detail());
        } else {
            LOG.info("{}QEMU (process {}) has ended: {}", name, process.pid(), exit.cause());
        }
        cleanUp.run();
        tell(() -> listener.exited(exit));
    }

    private VmExit.Cause cause() {
        if (poweredOff) {
            return VmExit.Cause.GUEST_POWERED_OFF;
        }
        return destroyed ? VmExit.Cause.DESTROYED : VmExit.Cause.HYPERVISOR_FAILED;
    }

    private void event(QmpEvent event) {
        LOG.debug("{}{} {}", name, event.name(), event.data());
        switch (event.name()) {
            case "RESET":
                if (event.byGuest()) {
                    logReset();
                    tell(listener::guestReset);
                }
                break;
            case "SHUTDOWN":
                if (event.byGuest()) {
                    LOG.info("{}the guest has powered itself off", name);
                    poweredOff = true;
                } else {
                    LOG.warn("{}QEMU is being ended from outside: {}", name, event.reason());
                }
                break;
            case "GUEST_PANICKED":
                LOG.warn("{}the guest's kernel has reported a crash", name);
                tell(listener::guestPanicked);
                break;
            case "STOP":
                endIfBroken();
                break;
            default:
                break;
        }
    }

    /** A guest may reset itself again and again; the log need not. */
    private void logReset() {
        long now = System.nanoTime();
        if (resets++ == 0 || now - resetLoggedNanos > QUIET.toNanos()) {
            LOG.info("{}the guest has reset itself ({} times since Kemari looks after it)", name, resets);
            resetLoggedNanos = now;
        }
    }

    /** A guest that QEMU itself has stopped for good (an error of KVM, for instance) is a dead guest. */
    private void endIfBroken() {
        if (pauseExpected) {
            return;
        }
        try {
            String status = monitor.execute("query-status", Map.of(), PROMPT)
                    .path("status")
                    .asText();
            if (status.equals("internal-error")) {
                LOG.error("{}QEMU cannot run the guest any further ({}); ending it", name, status);
                process.kill();
            }
        } catch (HypervisorException e) {
            LOG.debug("{}{}", name, e.getMessage());
        }
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("{}a listener failed", name, e);
        }
    }
}
