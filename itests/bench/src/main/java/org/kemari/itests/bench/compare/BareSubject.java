package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.bench.BareGuest;
import org.kemari.itests.bench.Context;
import org.kemari.itests.bench.Guest;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;

/** The same guest without Kemari: a QEMU with devices of its own, at the same place in the network. */
final class BareSubject implements Subject {
    /** Where the others run, too. */
    private static final String HOST = "east";

    private static final int NUMBER = 99;
    private static final long DISK_BYTES = 64L << 20;

    private final Mode mode;
    private final BareGuest guest;
    private final GuestControl control;
    private final List<Path> disks;

    private BareSubject(Mode mode, BareGuest guest, GuestControl control, List<Path> disks) {
        this.mode = mode;
        this.guest = guest;
        this.control = control;
        this.disks = disks;
    }

    /** Starts it on the host that Kemari's guests run on, with the accelerator that they have. */
    static BareSubject start(Context context, Mode mode, String name, String accelerator) throws TimeoutException {
        List<Path> disks = List.of(
                GuestDisks.makeExt4(context.lab().workspace().resolve(name + "-data.img"), DISK_BYTES),
                GuestDisks.makeEmpty(context.lab().workspace().resolve(name + "-raw.img"), DISK_BYTES));
        context.lab().network().addHost(HOST);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            words.addAll(List.of(
                    "-drive",
                    "if=none,id=d" + i + ",format=raw,cache=writeback,discard=unmap,file=" + disks.get(i),
                    "-device",
                    "virtio-blk-pci,drive=d" + i + ",num-queues=1"));
        }
        BareGuest guest = BareGuest.startOn(HOST, context.lab(), context.image(), NUMBER, accelerator, words);
        try {
            return new BareSubject(mode, guest, guest.control(), disks);
        } catch (TimeoutException | RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public String address() {
        return guest.address();
    }

    @Override
    public GuestControl control() {
        return control;
    }

    @Override
    public Optional<Guest> guest() {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        control.close();
        guest.close();
        for (Path disk : disks) {
            Files.deleteIfExists(disk);
        }
    }
}
