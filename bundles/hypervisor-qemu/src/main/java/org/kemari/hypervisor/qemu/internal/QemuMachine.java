package org.kemari.hypervisor.qemu.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.hypervisor.VmListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One QEMU process and its monitor. A thread of its own watches it and calls the listener. */
final class QemuMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(QemuMachine.class);
    private static final Duration PROMPT = Duration.ofSeconds(10);
    private static final Duration LOAD = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 100_000;

    private final DomainDefinition domain;
    private final DomainPaths paths;
    private final QemuProcess process;
    private final QmpClient monitor;
    private final DeviceStates states;
    private final VmListener listener;
    private final BooleanSupplier tracksPages;
    private boolean cleaned;
    private long resets;
    private long resetLoggedNanos;
    private volatile boolean poweredOff;
    private volatile boolean destroyed;
    private volatile boolean released;
    private volatile boolean pausedByUs;

    QemuMachine(
            DomainDefinition domain,
            DomainPaths paths,
            QemuProcess process,
            QmpClient monitor,
            DeviceStates states,
            BooleanSupplier tracksPages,
            VmListener listener) {
        this.domain = domain;
        this.paths = paths;
        this.process = process;
        this.monitor = monitor;
        this.states = states;
        this.tracksPages = tracksPages;
        this.listener = listener;
    }

    /** Begins to watch. */
    QemuMachine start() {
        Thread thread = new Thread(this::watch, "kemari-qemu-" + domain.name());
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void awaitReady(Duration timeout) throws HypervisorException {
        try {
            monitor.negotiate(timeout);
        } catch (HypervisorException e) {
            throw explained("is not ready", e);
        }
    }

    @Override
    public void pause() throws HypervisorException {
        pausedByUs = true;
        execute("stop", Map.of());
    }

    @Override
    public void resume() throws HypervisorException {
        execute("cont", Map.of());
        pausedByUs = false;
    }

    @Override
    public CompletableFuture<ByteBuffer> saveDeviceState() {
        Map<String, String> arguments = Map.of("filename", states.file().toString(), "live", "true");
        return monitor.submit("xen-save-devices-state", arguments, PROMPT).handle(this::saved);
    }

    private ByteBuffer saved(JsonNode done, Throwable failure) {
        if (failure != null) {
            throw new CompletionException(explained("did not save the device state", failure));
        }
        try {
            return states.read();
        } catch (IOException e) {
            throw new CompletionException(explained("saved a device state that cannot be read", e));
        }
    }

    @Override
    public void loadDeviceState(ByteBuffer state) throws HypervisorException {
        try {
            Files.deleteIfExists(states.incomingSocket());
            execute("migrate-incoming", Map.of("uri", "unix:" + states.incomingSocket()));
            states.send(state, LOAD);
            awaitLoaded();
            Files.deleteIfExists(states.incomingSocket());
        } catch (IOException e) {
            throw explained("could not load the device state", e);
        }
    }

    private void awaitLoaded() throws HypervisorException {
        long deadline = System.nanoTime() + LOAD.toNanos();
        while (true) {
            JsonNode migration = monitor.execute("query-migrate", Map.of(), LOAD);
            String status = migration.path("status").asText("none");
            switch (status) {
                case "completed":
                    return;
                case "failed":
                case "cancelled":
                    throw new HypervisorException("QEMU says " + status + ": "
                            + migration.path("error-desc").asText("no reason given"));
                default:
                    if (System.nanoTime() >= deadline) {
                        throw new HypervisorException("still '" + status + "' after " + LOAD.toSeconds() + " s");
                    }
                    LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    @Override
    public void powerDown() throws HypervisorException {
        execute("system_powerdown", Map.of());
    }

    @Override
    public void destroy() {
        if (released) {
            return;
        }
        destroyed = true;
        process.kill();
        if (!process.awaitDeath()) {
            LOG.error("{}process {} does not die; its files stay", who(), pid());
            return;
        }
        monitor.close();
        cleanUp();
    }

    @Override
    public void release() {
        released = true;
        monitor.close();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public boolean tracksPages() {
        return tracksPages.getAsBoolean();
    }

    private void execute(String command, Map<String, String> arguments) throws HypervisorException {
        try {
            monitor.execute(command, arguments, PROMPT);
        } catch (HypervisorException e) {
            throw explained("did not execute " + command, e);
        }
    }

    /** Says also how the process ended, if that is behind it. */
    private HypervisorException explained(String what, Throwable cause) {
        String detail = cause.getMessage();
        try {
            // The connection ends a moment before the process does.
            if (monitor.isBroken() && !released && process.awaitExit(Duration.ofSeconds(1))) {
                detail = "QEMU has ended: " + process.describeExit();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new HypervisorException(who() + "QEMU " + what + ": " + detail, cause);
    }

    private String who() {
        return "domain " + domain.name() + ": ";
    }

    // ---- the watching thread

    private void watch() {
        monitor.run(this::event);
        if (released) {
            return;
        }
        if (process.isAlive() && !destroyed) {
            LOG.debug("{}the monitor's connection has ended, process {} still runs", who(), pid());
        }
        try {
            boolean warned = false;
            while (!process.awaitExit(Duration.ofSeconds(2))) {
                if (released) {
                    return;
                }
                if (!warned) {
                    warned = true;
                    LOG.warn("{}QEMU (process {}) runs on without a monitor connection", who(), pid());
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{}nobody watches process {} any more: interrupted", who(), pid());
            return;
        }
        VmExit exit = new VmExit(cause(), process.describeExit());
        if (exit.cause() == VmExit.Cause.HYPERVISOR_FAILED) {
            LOG.warn("{}QEMU (process {}) has failed: {}", who(), pid(), exit.detail());
        } else {
            LOG.info("{}QEMU (process {}) has ended: {}", who(), pid(), exit.cause());
        }
        cleanUp();
        tell(() -> listener.exited(exit));
    }

    private VmExit.Cause cause() {
        if (poweredOff) {
            return VmExit.Cause.GUEST_POWERED_OFF;
        }
        return destroyed ? VmExit.Cause.DESTROYED : VmExit.Cause.HYPERVISOR_FAILED;
    }

    private void event(QmpEvent event) {
        LOG.debug("{}{} {}", who(), event.name(), event.data());
        switch (event.name()) {
            case "RESET":
                if (event.byGuest()) {
                    logReset();
                    tell(listener::guestReset);
                }
                break;
            case "SHUTDOWN":
                if (event.byGuest()) {
                    LOG.info("{}the guest has powered itself off", who());
                    poweredOff = true;
                } else {
                    LOG.warn("{}QEMU is being ended from outside: {}", who(), event.reason());
                }
                break;
            case "GUEST_PANICKED":
                LOG.warn("{}the guest's kernel has reported a crash", who());
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
            LOG.info("{}the guest has reset itself ({} times since Kemari looks after it)", who(), resets);
            resetLoggedNanos = now;
        }
    }

    /** A guest that QEMU itself has stopped for good (an error of KVM, for instance) is a dead guest. */
    private void endIfBroken() {
        if (pausedByUs) {
            return;
        }
        try {
            String status = monitor.execute("query-status", Map.of(), PROMPT)
                    .path("status")
                    .asText();
            if (status.equals("internal-error")) {
                LOG.error("{}QEMU cannot run the guest any further ({}); ending it", who(), status);
                process.kill();
            }
        } catch (HypervisorException e) {
            LOG.debug("{}{}", who(), e.getMessage());
        }
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("{}a listener failed", who(), e);
        }
    }

    /** Once, and only when the process is gone: the next launch makes files of the same names. */
    private synchronized void cleanUp() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        List<Path> files = new ArrayList<>(List.of(paths.ramFile(), paths.qmpSocket(), paths.pidFile()));
        domain.disks().stream().map(DiskDefinition::id).map(paths::deviceSocket).forEach(files::add);
        domain.nics().stream().map(NicDefinition::id).map(paths::deviceSocket).forEach(files::add);
        try {
            states.close();
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{}files stay behind: {}", who(), e.toString());
        }
    }
}
