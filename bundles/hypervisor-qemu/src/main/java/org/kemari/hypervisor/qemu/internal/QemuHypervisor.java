package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.kemari.api.config.HostSettings;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.hypervisor.Hypervisor;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.hypervisor.VmListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs virtual machines with the QEMU of this host. */
class QemuHypervisor implements Hypervisor {
    private static final Logger LOG = LoggerFactory.getLogger(QemuHypervisor.class);
    private static final Duration PROBE_PATIENCE = Duration.ofSeconds(2);
    private static final Duration START = Duration.ofSeconds(30);

    private record Known(FileTime modified, QemuInstallation installation) {}

    private final Supplier<HostSettings> settings;
    private final PageTracking tracking;
    private final Map<Path, Known> installations = new HashMap<>();

    QemuHypervisor(Supplier<HostSettings> settings, PageTracking tracking) {
        this.settings = settings;
        this.tracking = tracking;
    }

    @Override
    public MachineIdentity identity(DomainDefinition definition) throws HypervisorException {
        QemuInstallation qemu = installation();
        CpuModel cpu = cpu(qemu, definition);
        try {
            return new MachineIdentity(
                    "qemu",
                    qemu.version(),
                    qemu.versionedMachine(definition.machine()),
                    cpu.identity(Files.readAllLines(Path.of("/proc/cpuinfo"))),
                    cpu.accelerator());
        } catch (IOException e) {
            throw failed(definition, "cannot be identified", e);
        }
    }

    @Override
    public VirtualMachine launch(DomainDefinition definition, DomainPaths paths, LaunchMode mode, VmListener listener)
            throws HypervisorException {
        QemuInstallation qemu = installation();
        qemu.require(definition.machine(), devices(definition));
        CpuModel cpu = cpu(qemu, definition);
        try {
            Optional<QemuProcess> running = QemuProcess.find(paths);
            if (running.isPresent()) {
                throw new HypervisorException("domain " + definition.name() + " already runs on this host, as process "
                        + running.get().pid());
            }
            Workspace workspace = new Workspace(definition, paths);
            Optional<Firmware> firmware = firmware(qemu, definition, workspace);
            workspace.prepare(mode == LaunchMode.INCOMING_RETAINED);
            boolean incoming = mode != LaunchMode.BOOT;
            workspace.makeVariables(firmware);
            Map<String, String> environment =
                    settings.get().preloadLibrary() ? tracking.environment(paths, incoming) : Map.of();
            List<String> arguments =
                    new CommandLine(definition, paths, cpu.accelerator(), cpu.model(), firmware, incoming).arguments();
            QemuProcess process = QemuProcess.start(qemu.binary(), arguments, environment, paths);
            LOG.info(
                    "domain {}: started {} as process {} ({}{})",
                    definition.name(),
                    qemu,
                    process.pid(),
                    cpu.accelerator(),
                    switch (mode) {
                        case BOOT -> "";
                        case INCOMING -> ", waiting for device state";
                        case INCOMING_RETAINED -> ", waiting for device state, with the memory it had";
                    });
            LOG.debug("domain {}: {} {}", definition.name(), environment, arguments);
            return started(definition, paths, process, listener);
        } catch (HypervisorException e) {
            throw e;
        } catch (IOException e) {
            throw failed(definition, "cannot be started", e);
        }
    }

    @Override
    public Optional<VirtualMachine> adopt(DomainDefinition definition, DomainPaths paths, VmListener listener)
            throws HypervisorException {
        try {
            Optional<QemuProcess> process = QemuProcess.find(paths);
            if (process.isEmpty()) {
                return Optional.empty();
            }
            VirtualMachine machine = machine(
                            definition,
                            paths,
                            process.get(),
                            new QmpClient(definition.name(), QmpSocket.connect(paths.qmpSocket())),
                            listener)
                    .start();
            LOG.info("domain {}: took charge again of process {}", definition.name(), machine.pid());
            return Optional.of(machine);
        } catch (IOException e) {
            throw failed(definition, "runs, but cannot be taken charge of", e);
        }
    }

    /** Waits until all sockets are there and connects to the monitor; ends the process if that fails. */
    private VirtualMachine started(
            DomainDefinition definition, DomainPaths paths, QemuProcess process, VmListener listener)
            throws HypervisorException {
        List<Path> sockets = new ArrayList<>();
        definition.disks().forEach(disk -> sockets.add(paths.deviceSocket(disk.id())));
        definition.nics().forEach(nic -> sockets.add(paths.deviceSocket(nic.id())));
        sockets.add(paths.qmpSocket());
        boolean done = false;
        try {
            long deadline = System.nanoTime() + START.toNanos();
            while (!sockets.stream().allMatch(Files::exists)) {
                if (process.awaitExit(Duration.ofMillis(2))) {
                    throw new HypervisorException(
                            "domain " + definition.name() + ": QEMU did not start: " + process.describeExit());
                }
                if (System.nanoTime() >= deadline) {
                    throw new HypervisorException("domain " + definition.name() + ": QEMU has not made its sockets "
                            + sockets + " within " + START.toSeconds() + " s: " + process.logTail());
                }
            }
            QmpClient monitor = connect(definition, paths, process, deadline);
            VirtualMachine machine =
                    machine(definition, paths, process, monitor, listener).start();
            done = true;
            return machine;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(definition, "was not started: interrupted", e);
        } catch (HypervisorException e) {
            throw e;
        } catch (IOException e) {
            throw failed(definition, "was started, but its monitor cannot be reached", e);
        } finally {
            if (!done) {
                process.kill();
                process.awaitDeath();
                deleteQuietly(paths.ramFile());
            }
        }
    }

    /** A socket's file exists a moment before its owner listens. */
    private static QmpClient connect(DomainDefinition definition, DomainPaths paths, QemuProcess process, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            try {
                return new QmpClient(definition.name(), QmpSocket.connect(paths.qmpSocket()));
            } catch (IOException e) {
                if (process.awaitExit(Duration.ofMillis(2))) {
                    throw new HypervisorException(
                            "domain " + definition.name() + ": QEMU did not start: " + process.describeExit(), e);
                }
                if (System.nanoTime() >= deadline) {
                    throw e;
                }
            }
        }
    }

    private QemuMachine machine(
            DomainDefinition definition, DomainPaths paths, QemuProcess process, QmpClient monitor, VmListener listener)
            throws IOException {
        return new QemuMachine(
                definition,
                paths,
                process,
                monitor,
                new DeviceStates(paths),
                StatePipe.create(paths.runDirectory().resolve("devices.pipe")),
                () -> tracking.isAtWork(paths),
                listener);
    }

    private CpuModel cpu(QemuInstallation qemu, DomainDefinition definition) throws HypervisorException {
        Accelerator wanted = definition.accelerator();
        if (wanted == Accelerator.AUTO) {
            AcceleratorProbe probe =
                    new AcceleratorProbe(settings.get().runRoot().resolve("accelerator.properties"), PROBE_PATIENCE);
            String kvmModel = CpuModel.of(definition.cpu(), "kvm").model();
            synchronized (this) {
                wanted = probe.kvmRuns(qemu.binary(), kvmModel) ? Accelerator.KVM : Accelerator.TCG;
            }
        }
        return CpuModel.of(definition.cpu(), wanted == Accelerator.KVM ? "kvm" : "tcg");
    }

    private static Optional<Firmware> firmware(QemuInstallation qemu, DomainDefinition definition, Workspace workspace)
            throws IOException {
        if (definition.machine().equals(CommandLine.MICROVM)) {
            if (definition.boot() instanceof Boot.Disk) {
                throw new HypervisorException("domain " + definition.name()
                        + ": the machine microvm starts only with a kernel; choose q35 or pc to start from a disk");
            }
            return Optional.empty();
        }
        Boot.Firmware kind = definition.boot() instanceof Boot.Disk disk ? disk.firmware() : Boot.Firmware.SEABIOS;
        return Optional.of(Firmware.find(kind, qemu.dataDirectories(), workspace.existingVariables()));
    }

    private static Set<String> devices(DomainDefinition definition) {
        boolean pci = !definition.machine().equals(CommandLine.MICROVM);
        Set<String> devices = new HashSet<>();
        if (!definition.disks().isEmpty()) {
            devices.add(pci ? "vhost-user-blk-pci" : "vhost-user-blk");
        }
        if (!definition.nics().isEmpty()) {
            devices.add(pci ? "virtio-net-pci" : "virtio-net-device");
        }
        return devices;
    }

    /** What the emulator can do, asked again only when its file has changed. */
    private synchronized QemuInstallation installation() throws HypervisorException {
        Path binary = QemuInstallation.locate(settings.get().qemuBinary());
        try {
            FileTime modified = Files.getLastModifiedTime(binary);
            Known known = installations.get(binary);
            if (known == null || !known.modified.equals(modified)) {
                known = new Known(modified, QemuInstallation.query(binary));
                installations.put(binary, known);
                LOG.info("found {}", known.installation);
            }
            return known.installation;
        } catch (HypervisorException e) {
            throw e;
        } catch (IOException e) {
            throw new HypervisorException("cannot look at " + binary + ": " + e.getMessage(), e);
        }
    }

    private static HypervisorException failed(DomainDefinition definition, String what, Exception cause) {
        return new HypervisorException("domain " + definition.name() + " " + what + ": " + cause.getMessage(), cause);
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} stays behind: {}", file, e.toString());
        }
    }
}
