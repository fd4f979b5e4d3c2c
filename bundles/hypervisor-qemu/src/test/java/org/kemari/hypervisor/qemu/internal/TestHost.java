package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.VirtualMachine;

/** A host of its own in temporary directories, memory in memory; ends whatever was launched. */
final class TestHost implements AutoCloseable {
    static final int COUNTER = 0x200000;

    final Path root;
    final QemuHypervisor hypervisor;
    private final List<VirtualMachine> machines = new ArrayList<>();

    TestHost() throws IOException {
        this("qemu-system-x86_64");
    }

    TestHost(String binary) throws IOException {
        this(binary, Files.createTempDirectory(Path.of("/dev/shm"), "kemari-test-"));
    }

    /** @param root an existing directory, removed at the end */
    TestHost(String binary, Path root) {
        this.root = root;
        HostSettings settings = new HostSettings(
                "east",
                List.of(new HostAddress("127.0.0.1", 1)),
                Map.of(),
                root.resolve("run"),
                root.resolve("state"),
                root.resolve("ram"),
                root.resolve("domains"),
                binary,
                "manual",
                root.resolve("arbiter"),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                FenceSettings.NONE,
                true);
        hypervisor = new QemuHypervisor(() -> settings, new PreloadedTracking());
    }

    DomainPaths paths(String name) {
        return DomainPaths.of(root.resolve("run"), root.resolve("state"), root.resolve("ram"), name);
    }

    /** A domain that runs the test guest. */
    DomainDefinition guest(String name, String machine, char task) {
        return domain(name, machine, new Boot.Kernel(guestImage(), Optional.empty(), "task=" + task));
    }

    DomainDefinition domain(String name, String machine, Boot boot) {
        return new DomainDefinition(
                name,
                64L << 20,
                1,
                machine,
                "",
                Accelerator.TCG,
                boot,
                List.of(),
                List.of(),
                Optional.of(root.resolve("console-" + name)),
                false,
                ProtectionSettings.DEFAULT);
    }

    DomainDefinition withAccelerator(DomainDefinition domain, Accelerator accelerator) {
        return new DomainDefinition(
                domain.name(),
                domain.memoryBytes(),
                domain.vcpus(),
                domain.machine(),
                domain.cpu(),
                accelerator,
                domain.boot(),
                domain.disks(),
                domain.nics(),
                domain.consoleLog(),
                domain.autostart(),
                domain.protection());
    }

    VirtualMachine launch(DomainDefinition domain, LaunchMode mode, EventLog log) throws HypervisorException {
        VirtualMachine machine = hypervisor.launch(domain, paths(domain.name()), mode, log);
        machines.add(machine);
        machine.awaitReady(Duration.ofSeconds(10));
        return machine;
    }

    /** Ended with the others. */
    VirtualMachine keep(VirtualMachine machine) {
        machines.add(machine);
        return machine;
    }

    String console(String name) throws IOException {
        Path file = root.resolve("console-" + name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    int counter(String name) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel ram = FileChannel.open(paths(name).ramFile(), StandardOpenOption.READ)) {
            ram.read(word, COUNTER);
        }
        return word.getInt(0);
    }

    private static Path guestImage() {
        try {
            return Path.of(TestHost.class.getResource("/guest.bin").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        machines.forEach(VirtualMachine::destroy);
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
