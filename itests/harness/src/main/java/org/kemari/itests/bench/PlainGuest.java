package org.kemari.itests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Network;

/** The test guest under QEMU alone, with QEMU's own devices: what Kemari is compared with. */
public final class PlainGuest implements AutoCloseable {
    private final Process process;

    private PlainGuest(Process process) {
        this.process = process;
    }

    /** Starts a guest on a host of the laboratory that runs nothing else. */
    public static PlainGuest start(
            Lab lab, String host, GuestImage image, String address, int memoryMib, int vcpus, List<Path> disks) {
        lab.network().addHost(host);
        lab.network().inHost(host, "ip tuntap add dev plain0 mode tap vnet_hdr");
        lab.network().inHost(host, "ip link set plain0 master " + Network.HOST_BRIDGE + " up");
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35,usb=off"));
        words.addAll(List.of("-accel", "tcg,thread=multi", "-m", memoryMib + "M", "-smp", Integer.toString(vcpus)));
        words.addAll(List.of("-nodefaults", "-nographic", "-no-user-config", "-vga", "none"));
        words.addAll(List.of("-kernel", image.kernel().toString(), "-initrd", image.initrd().toString()));
        words.addAll(List.of(
                "-append",
                GuestImage.COMMAND_LINE + " kemari.ip=" + address + "/" + Network.PREFIX_BITS
                        + (disks.isEmpty() ? " kemari.data=none" : "")));
        Path log = lab.workspace().resolve(host + "-console.log");
        words.addAll(List.of("-serial", "file:" + log));
        for (int i = 0; i < disks.size(); i++) {
            words.addAll(List.of(
                    "-drive", "if=none,id=d" + i + ",format=raw,file=" + disks.get(i) + ",cache=writeback,discard=unmap"));
            words.addAll(List.of("-device", "virtio-blk-pci,drive=d" + i));
        }
        words.addAll(List.of("-netdev", "tap,id=n0,ifname=plain0,script=no,downscript=no"));
        words.addAll(List.of("-device", "virtio-net-pci,netdev=n0,mac=52:54:00:4b:45:01,romfile="));
        try {
            Process process = new ProcessBuilder(lab.network().command(host, words))
                    .redirectErrorStream(true)
                    .redirectOutput(lab.workspace().resolve(host + "-qemu.log").toFile())
                    .start();
            return lab.closeLater(new PlainGuest(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
