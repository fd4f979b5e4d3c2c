package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.domain.ProtectionSettings;

class CommandLineTest {
    private static final Firmware SEABIOS = new Firmware(Path.of("/fw/bios-256k.bin"), Optional.empty());
    private static final Firmware OVMF =
            new Firmware(Path.of("/fw/OVMF_CODE_4M.fd"), Optional.of(Path.of("/fw/OVMF_VARS_4M.fd")));
    private static final DomainPaths PATHS =
            DomainPaths.of(Path.of("/run/k"), Path.of("/var/k"), Path.of("/dev/shm/k"), "web");

    private static DomainDefinition domain(String machine, Boot boot, Optional<Path> console) {
        return new DomainDefinition(
                "web",
                512L << 20,
                2,
                machine,
                "",
                Accelerator.AUTO,
                boot,
                List.of(
                        new DiskDefinition("root", Path.of("/d/root.raw"), DiskMode.MIRRORED, false, 2),
                        new DiskDefinition("2nd", Path.of("/d/2.raw"), DiskMode.SHARED, true, 1)),
                List.of(new NicDefinition("lan", "br0", "52:54:00:00:00:01", "ktap0")),
                console,
                false,
                ProtectionSettings.DEFAULT);
    }

    private static final Boot KERNEL =
            new Boot.Kernel(Path.of("/b/vmlinuz"), Optional.of(Path.of("/b/initrd")), "console=ttyS0 a=b,c");

    @Test
    void kernelOnQ35UnderEmulation() {
        CommandLine line = new CommandLine(
                domain("q35", KERNEL, Optional.of(Path.of("/log/web,1.log"))),
                PATHS,
                "tcg",
                "qemu64",
                Optional.of(SEABIOS),
                false);
        assertThat(String.join("\n", line.arguments()).lines())
                .containsExactly(
                        """
                        -name
                        guest=web,debug-threads=on
                        -no-user-config
                        -nodefaults
                        -display
                        none
                        -machine
                        q35,memory-backend=ram,usb=off,suppress-vmdesc=on
                        -object
                        memory-backend-file,id=ram,size=512M,mem-path=/dev/shm/k/web.ram,share=on
                        -m
                        512M
                        -smp
                        2
                        -accel
                        tcg,thread=multi
                        -cpu
                        qemu64
                        -global
                        migration.send-configuration=off
                        -action
                        panic=none
                        -vga
                        none
                        -device
                        pvpanic
                        -drive
                        if=pflash,format=raw,unit=0,file=/fw/bios-256k.bin,readonly=on
                        -kernel
                        /b/vmlinuz
                        -initrd
                        /b/initrd
                        -append
                        console=ttyS0 a=b,c
                        -chardev
                        file,id=console,path=/log/web,,1.log,append=on
                        -serial
                        chardev:console
                        -chardev
                        socket,id=tap-root,path=/run/k/web/root.sock,server=on,wait=off
                        -device
                        vhost-user-blk-pci,id=root,chardev=tap-root,num-queues=2
                        -chardev
                        socket,id=tap-2nd,path=/run/k/web/2nd.sock,server=on,wait=off
                        -device
                        vhost-user-blk-pci,id=dev-2nd,chardev=tap-2nd,num-queues=1
                        -chardev
                        socket,id=tap-lan,path=/run/k/web/lan.sock,server=on,wait=off
                        -netdev
                        vhost-user,id=net-lan,chardev=tap-lan,queues=1
                        -device
                        virtio-net-pci,id=lan,netdev=net-lan,mac=52:54:00:00:00:01,romfile=,vectors=0
                        -qmp
                        unix:/run/k/web/qmp.sock,server=on,wait=off
                        -pidfile
                        /run/k/web/qemu.pid
                        -S"""
                                .split("\n"));
    }

    @Test
    void theTwoSidesDifferOnlyInWaitingForState() {
        DomainDefinition domain = domain("q35", KERNEL, Optional.empty());
        List<String> here = new CommandLine(domain, PATHS, "tcg", "qemu64", Optional.of(SEABIOS), false).arguments();
        List<String> there = new CommandLine(domain, PATHS, "tcg", "qemu64", Optional.of(SEABIOS), true).arguments();
        assertThat(there.subList(0, here.size())).isEqualTo(here);
        assertThat(there.subList(here.size(), there.size())).containsExactly("-incoming", "defer");
        assertThat(here).contains("null,id=console");
    }

    @Test
    void aDiskWithUefiUnderKvm() {
        DomainDefinition domain = domain("pc", new Boot.Disk(Boot.Firmware.OVMF), Optional.empty());
        List<String> line = new CommandLine(domain, PATHS, "kvm", "host", Optional.of(OVMF), false).arguments();
        assertThat(line)
                .contains(
                        "pc,memory-backend=ram,usb=off,suppress-vmdesc=on",
                        "kvm",
                        "host",
                        "if=pflash,format=raw,unit=0,file=/fw/OVMF_CODE_4M.fd,readonly=on",
                        "if=pflash,format=raw,unit=1,file=/var/k/web/vars.fd",
                        "vhost-user-blk-pci,id=root,chardev=tap-root,num-queues=2,bootindex=1",
                        "vhost-user-blk-pci,id=dev-2nd,chardev=tap-2nd,num-queues=1,bootindex=2",
                        "virtio-net-pci,id=lan,netdev=net-lan,mac=52:54:00:00:00:01,romfile=")
                .doesNotContain("-kernel", "-append", "-initrd");
    }

    @Test
    void microvmHasNoPciAndNoFlash() {
        DomainDefinition domain = domain("microvm", KERNEL, Optional.empty());
        List<String> line = new CommandLine(domain, PATHS, "tcg", "qemu64", Optional.empty(), false).arguments();
        assertThat(line)
                .contains(
                        "microvm,memory-backend=ram,suppress-vmdesc=on",
                        "vhost-user-blk,id=root,chardev=tap-root,num-queues=2",
                        "virtio-net-device,id=lan,netdev=net-lan,mac=52:54:00:00:00:01")
                .doesNotContain("-drive", "pvpanic", "-vga");
    }
}
