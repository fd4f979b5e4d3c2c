package org.kemari.hypervisor.qemu.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;

/**
 * The emulator's arguments. Both hosts of a domain build them from equal definitions, and everything the guest can see
 * must come out equal; only paths and the last part (incoming or not) differ.
 *
 * @param domain what to run
 * @param paths where its files are on this host
 * @param accelerator {@code kvm} or {@code tcg}
 * @param cpu CPU model, as QEMU names it
 * @param firmware flash images; empty for microvm, which has no flash
 * @param incoming whether the machine waits for device state
 */
record CommandLine(
        DomainDefinition domain,
        DomainPaths paths,
        String accelerator,
        String cpu,
        Optional<Firmware> firmware,
        boolean incoming) {

    static final String MICROVM = "microvm";
    private static final long MIB = 1 << 20;

    /** The arguments after the binary's name. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        machine(arguments);
        boot(arguments);
        console(arguments);
        domain.disks().forEach(disk -> disk(arguments, disk));
        domain.nics().forEach(nic -> nic(arguments, nic));
        control(arguments);
        return List.copyOf(arguments);
    }

    private boolean isMicrovm() {
        return domain.machine().equals(MICROVM);
    }

    private void machine(List<String> arguments) {
        long mib = domain.memoryBytes() / MIB;
        add(arguments, "-name", Option.of("").with("guest", domain.name()).with("debug-threads", "on"));
        add(arguments, "-no-user-config");
        add(arguments, "-nodefaults");
        add(arguments, "-display", "none");
        // What suppress-vmdesc leaves out of the device state is a description for people.
        Option machine = Option.of(domain.machine()).with("memory-backend", "ram");
        if (!isMicrovm()) {
            machine.with("usb", "off");
        }
        add(arguments, "-machine", machine.with("suppress-vmdesc", "on"));
        add(
                arguments,
                "-object",
                Option.of("memory-backend-file")
                        .with("id", "ram")
                        .with("size", mib + "M")
                        .with("mem-path", paths.ramFile())
                        .with("share", "on"));
        add(arguments, "-m", mib + "M");
        add(arguments, "-smp", Integer.toString(domain.vcpus()));
        add(arguments, "-accel", accelerator.equals("tcg") ? "tcg,thread=multi" : accelerator);
        add(arguments, "-cpu", cpu);
        // xen-save-devices-state writes no configuration section, so nothing may expect one.
        add(arguments, "-global", "migration.send-configuration=off");
        // A guest kernel that panics is reported, and then does what it was told to do (reboot, halt).
        add(arguments, "-action", "panic=none");
        if (!isMicrovm()) {
            add(arguments, "-vga", "none");
            add(arguments, "-device", "pvpanic");
        }
    }

    private void boot(List<String> arguments) {
        firmware.ifPresent(images -> {
            add(arguments, "-drive", flash(0, images.code()).with("readonly", "on"));
            images.variables().ifPresent(x -> add(arguments, "-drive", flash(1, paths.firmwareVariables())));
        });
        if (domain.boot() instanceof Boot.Kernel kernel) {
            add(arguments, "-kernel", kernel.kernel().toString());
            kernel.initrd().ifPresent(initrd -> add(arguments, "-initrd", initrd.toString()));
            if (!kernel.commandLine().isEmpty()) {
                add(arguments, "-append", kernel.commandLine());
            }
        }
    }

    private static Option flash(int unit, Path image) {
        return Option.of("")
                .with("if", "pflash")
                .with("format", "raw")
                .with("unit", unit)
                .with("file", image);
    }

    private void console(List<String> arguments) {
        // The port is always there, because the two hosts may log differently but the devices must be equal.
        Option chardev = domain.consoleLog()
                .map(log -> Option.of("file")
                        .with("id", "console")
                        .with("path", log)
                        .with("append", "on"))
                .orElseGet(() -> Option.of("null").with("id", "console"));
        add(arguments, "-chardev", chardev);
        add(arguments, "-serial", "chardev:console");
    }

    private void disk(List<String> arguments, DiskDefinition disk) {
        add(arguments, "-chardev", deviceSocket(disk.id()));
        Option device = Option.of(isMicrovm() ? "vhost-user-blk" : "vhost-user-blk-pci")
                .with("id", deviceId(disk.id()))
                .with("chardev", chardevId(disk.id()))
                .with("num-queues", disk.queues());
        if (domain.boot() instanceof Boot.Disk) {
            device.with("bootindex", domain.disks().indexOf(disk) + 1);
        }
        add(arguments, "-device", device);
    }

    private void nic(List<String> arguments, NicDefinition nic) {
        add(arguments, "-chardev", deviceSocket(nic.id()));
        add(
                arguments,
                "-netdev",
                Option.of("vhost-user")
                        .with("id", "net-" + nic.id())
                        .with("chardev", chardevId(nic.id()))
                        .with("queues", 1));
        Option device = Option.of(isMicrovm() ? "virtio-net-device" : "virtio-net-pci")
                .with("id", deviceId(nic.id()))
                .with("netdev", "net-" + nic.id())
                .with("mac", nic.mac());
        if (!isMicrovm()) {
            device.with("romfile", "");
            if (accelerator.equals("tcg")) {
                // Emulated MSI-X with vhost-user makes QEMU 7.2 crash when the driver starts the device.
                device.with("vectors", 0);
            }
        }
        add(arguments, "-device", device);
    }

    private void control(List<String> arguments) {
        add(
                arguments,
                "-qmp",
                Option.of("unix:" + escaped(paths.qmpSocket()))
                        .with("server", "on")
                        .with("wait", "off"));
        add(arguments, "-pidfile", paths.pidFile().toString());
        add(arguments, "-S");
        if (incoming) {
            add(arguments, "-incoming", "defer");
        }
    }

    private Option deviceSocket(String id) {
        return Option.of("socket")
                .with("id", chardevId(id))
                .with("path", paths.deviceSocket(id))
                .with("server", "on")
                .with("wait", "off");
    }

    private static String chardevId(String id) {
        return "tap-" + id;
    }

    /** QEMU wants a letter first. */
    private static String deviceId(String id) {
        return Character.isLetter(id.charAt(0)) ? id : "dev-" + id;
    }

    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }

    private static void add(List<String> arguments, Object... words) {
        for (Object word : words) {
            arguments.add(word.toString());
        }
    }
}
