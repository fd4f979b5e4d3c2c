package org.kemari.itests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Network;
import org.kemari.itests.lab.Shell;

/** The test guest under a QEMU that Kemari knows nothing of, on the laboratory's switch. */
final class BareGuest implements AutoCloseable {
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final String tap;
    private final String address;
    private final Path log;

    private BareGuest(Process process, String tap, String address, Path log) {
        this.process = process;
        this.tap = tap;
        this.address = address;
        this.log = log;
    }

    /**
     * Starts a guest; wait for it with {@link #control}.
     *
     * @param number tells the guests of this process apart, 1 to 99
     * @param accelerator what QEMU is to run it with
     * @param disk the words of the command line that make its disk
     */
    static BareGuest start(Lab lab, GuestImage image, int number, String accelerator, List<String> disk) {
        String tap = "bare" + number;
        String address = Network.PREFIX + (150 + number);
        Shell.run("ip tuntap add dev " + tap + " mode tap vnet_hdr");
        Shell.run("ip link set " + tap + " master switch0 up");
        List<String> words =
                new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35,memory-backend=ram,usb=off"));
        // what vhost-user needs; the same for both, so that only the disk differs
        words.addAll(List.of("-object", "memory-backend-memfd,id=ram,size=512M,share=on", "-m", "512M", "-smp", "1"));
        words.addAll(List.of("-accel", accelerator, "-nodefaults", "-no-user-config", "-nographic", "-vga", "none"));
        words.addAll(List.of(
                "-kernel", image.kernel().toString(), "-initrd", image.initrd().toString(), "-append"));
        words.add(GuestImage.COMMAND_LINE + " kemari.data=none kemari.raw=vda kemari.ip=" + address + "/"
                + Network.PREFIX_BITS);
        words.addAll(disk);
        words.addAll(List.of("-netdev", "tap,id=n0,ifname=" + tap + ",script=no,downscript=no", "-device"));
        words.add(String.format("virtio-net-pci,netdev=n0,mac=52:54:00:4b:45:%02d,romfile=", number));
        Path log = lab.workspace().resolve(tap + ".log");
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return lab.closeLater(new BareGuest(process, tap, address, log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the guest is up. */
    GuestControl control() throws TimeoutException {
        return control(BOOT_PATIENCE);
    }

    GuestControl control(Duration patience) throws TimeoutException {
        GuestControl[] control = new GuestControl[1];
        Await.until("the guest of " + tap + " is up", patience, () -> {
            if (!process.isAlive()) {
                throw new Await.AbortWaiting(
                        "QEMU of " + tap + " has ended with status " + process.exitValue() + "; see " + log);
            }
            control[0] = GuestControl.connect(address);
            control[0].ask("status");
            return true;
        });
        return control[0];
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Shell.tryRun(List.of("ip", "link", "delete", tap));
    }
}
