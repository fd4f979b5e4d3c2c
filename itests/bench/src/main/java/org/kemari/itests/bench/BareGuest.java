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
public final class BareGuest implements AutoCloseable {
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);

    private static final String ONE_RAW_DISK = " kemari.data=none kemari.raw=vda";

    /**
     * What tells guests apart.
     *
     * @param number tells them apart
     * @param accelerator what QEMU is to run it with
     * @param disk the words of the command line that make its disks
     * @param layout what its kernel is told of them
     * @param before what QEMU's command line begins with
     */
    private record Plan(int number, String accelerator, List<String> disk, String layout, List<String> before) {}

    private final Process process;
    private final String tap;
    private final String address;
    private final Path log;
    private final Runnable unplug;

    private BareGuest(Process process, String tap, String address, Path log, Runnable unplug) {
        this.process = process;
        this.tap = tap;
        this.address = address;
        this.log = log;
        this.unplug = unplug;
    }

    /**
     * Starts a guest; wait for it with {@link #control}.
     *
     * @param number tells the guests of this process apart, 1 to 99
     * @param accelerator what QEMU is to run it with
     * @param disk the words of the command line that make its disk
     */
    static BareGuest start(Lab lab, GuestImage image, int number, String accelerator, List<String> disk) {
        Shell.run("ip tuntap add dev " + tap(number) + " mode tap vnet_hdr");
        Shell.run("ip link set " + tap(number) + " master switch0 up");
        Runnable unplug = () -> Shell.tryRun(List.of("ip", "link", "delete", tap(number)));
        Plan plan = new Plan(number, accelerator, disk, ONE_RAW_DISK, List.of());
        return start(lab, image, plan, unplug);
    }

    /** Starts a guest in a host, on its bridge, as the host's own guests are; its disks are one with ext4 and a raw one. */
    public static BareGuest startOn(
            String host, Lab lab, GuestImage image, int number, String accelerator, List<String> disks) {
        lab.network().inHost(host, "ip tuntap add dev " + tap(number) + " mode tap vnet_hdr");
        lab.network().inHost(host, "ip link set " + tap(number) + " master " + Network.HOST_BRIDGE + " up");
        List<String> delete = lab.network().command(host, List.of("ip", "link", "delete", tap(number)));
        Plan plan = new Plan(number, accelerator, disks, "", lab.network().command(host, List.of()));
        return start(lab, image, plan, () -> Shell.tryRun(delete));
    }

    private static String tap(int number) {
        return "bare" + number;
    }

    private static BareGuest start(Lab lab, GuestImage image, Plan plan, Runnable unplug) {
        int number = plan.number();
        String tap = tap(number);
        String address = Network.PREFIX + (150 + number);
        List<String> words = new ArrayList<>(plan.before());
        words.addAll(List.of("qemu-system-x86_64", "-machine", "q35,memory-backend=ram,usb=off"));
        // what vhost-user needs; the same for both, so that only the disk differs
        words.addAll(List.of("-object", "memory-backend-memfd,id=ram,size=512M,share=on", "-m", "512M", "-smp", "1"));
        words.addAll(
                List.of("-accel", plan.accelerator(), "-nodefaults", "-no-user-config", "-nographic", "-vga", "none"));
        words.addAll(List.of(
                "-kernel", image.kernel().toString(), "-initrd", image.initrd().toString(), "-append"));
        words.add(GuestImage.COMMAND_LINE + plan.layout() + " kemari.ip=" + address + "/" + Network.PREFIX_BITS);
        words.addAll(plan.disk());
        words.addAll(List.of("-netdev", "tap,id=n0,ifname=" + tap + ",script=no,downscript=no", "-device"));
        words.add(String.format("virtio-net-pci,netdev=n0,mac=52:54:00:4b:45:%02d,romfile=", number));
        Path log = lab.workspace().resolve(tap + ".log");
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return lab.closeLater(new BareGuest(process, tap, address, log, unplug));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return address;
    }

    /** Waits until the guest is up. */
    public GuestControl control() throws TimeoutException {
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
        unplug.run();
    }
}
