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
import org.kemari.api.hypervisor.VmListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One QEMU process, steered through its monitor. */
final class QemuMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(QemuMachine.class);
    private static final String SAVE = "xen-save-devices-state";
    private static final Duration PROMPT = Duration.ofSeconds(10);
    private static final Duration LOAD = Duration.ofSeconds(20);
    private static final long POLL_NANOS = 100_000;

    private final DomainDefinition domain;
    private final DomainPaths paths;
    private final QemuProcess process;
    private final QmpClient monitor;
    private final DeviceStates states;
    private final StatePipe pipe;
    private final Map<String, ?> intoPipe;
    private final MachineWatch watch;
    private final BooleanSupplier tracksPages;
    private long stateBytes; // of the last checkpoint; whoever takes checkpoints
    private volatile boolean paused; // by us
    private boolean cleaned;
    private boolean memoryStays;

    QemuMachine(
            DomainDefinition domain,
            DomainPaths paths,
            QemuProcess process,
            QmpClient monitor,
            DeviceStates states,
            StatePipe pipe,
            BooleanSupplier tracksPages,
            VmListener listener) {
        this.domain = domain;
        this.paths = paths;
        this.process = process;
        this.monitor = monitor;
        this.states = states;
        this.pipe = pipe;
        intoPipe = Map.of("filename", pipe.path().toString(), "live", true);
        this.tracksPages = tracksPages;
        watch = new MachineWatch(domain.name(), process, monitor, listener, this::cleanUp);
    }

    /** Begins to watch. */
    QemuMachine start() {
        watch.start();
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
        watch.expectPause(true);
        paused = true;
        execute("stop", Map.of());
    }

    @Override
    public void resume() throws HypervisorException {
        execute("cont", Map.of());
        paused = false;
        watch.expectPause(false);
    }

    @Override
    public CompletableFuture<ByteBuffer> saveDeviceState() {
        Map<String, ?> arguments = Map.of("filename", states.file().toString(), "live", true);
        return monitor.submit(SAVE, arguments, PROMPT).handle(this::saved);
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

    /**
     * By one command if that is possible: QEMU stops the guest, saves and lets it run again without waiting for anybody
     * but {@code meanwhile}. The first time, step by step, tells how large a state is.
     */
    @Override
    public ByteBuffer checkpoint(WhilePaused meanwhile) throws IOException {
        ByteBuffer state =
                pipe.isFor(stateBytes) && !paused ? atOnce(meanwhile) : VirtualMachine.super.checkpoint(meanwhile);
        stateBytes = state.remaining();
        return state;
    }

    private ByteBuffer atOnce(WhilePaused meanwhile) throws IOException {
        StandstillWork work = new StandstillWork(meanwhile, pipe);
        try {
            pipe.narrow();
            monitor.executeStopping(SAVE, intoPipe, PROMPT, work);
            work.check();
            return pipe.take();
        } catch (IOException | RuntimeException e) {
            stateBytes = 0; // step by step, the next time
            abandonPipe(e);
            resumeAfter(e);
            if (e instanceof HypervisorException) {
                throw explained("did not save the device state", e);
            }
            throw e;
        }
    }

    /** Whatever QEMU is at, it is not to wait for us. */
    private void abandonPipe(Exception failure) {
        try {
            pipe.abandon();
        } catch (IOException e) {
            failure.addSuppressed(e);
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
        end();
    }

    @Override
    public void retire() {
        synchronized (this) {
            memoryStays = true;
        }
        end();
    }

    private void end() {
        if (watch.isReleased()) {
            return;
        }
        watch.destroying();
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
        watch.releasing();
        monitor.close();
        try {
            pipe.close();
        } catch (IOException e) {
            LOG.warn("{}{} stays behind: {}", who(), pipe.path(), e.toString());
        }
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public boolean tracksPages() {
        return tracksPages.getAsBoolean();
    }

    private void execute(String command, Map<String, ?> arguments) throws HypervisorException {
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
            if (monitor.isBroken() && !watch.isReleased() && process.awaitExit(Duration.ofSeconds(1))) {
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

    /** Once, and only when the process is gone: the next launch makes files of the same names. */
    private synchronized void cleanUp() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        List<Path> files = new ArrayList<>(List.of(paths.qmpSocket(), paths.pidFile()));
        if (!memoryStays) {
            files.add(paths.retainedImage());
            files.add(paths.ramFile());
        }
        domain.disks().stream().map(DiskDefinition::id).map(paths::deviceSocket).forEach(files::add);
        domain.nics().stream().map(NicDefinition::id).map(paths::deviceSocket).forEach(files::add);
        try {
            states.close();
            pipe.close();
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{}files stay behind: {}", who(), e.toString());
        }
    }
}
