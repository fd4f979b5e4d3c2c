package org.kemari.itests.endurance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Witness;

/** Two hosts and their witness, to be ill-treated and repaired again and again. */
final class Rig implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Lab lab = Lab.open();
    private final HostGroup group = HostGroup.create(lab, "east", "west");
    private final Witness witness = lab.closeLater(Witness.create(lab, "witness"));
    private final GuestImage image;
    private final Random random;
    private int guests;
    private String writePolicy = "";

    Rig(long seed) {
        random = new Random(seed);
        witness.arbitrate(east(), west());
        image = GuestImage.build(lab.workspace().resolve("image"));
    }

    Lab lab() {
        return lab;
    }

    HostGroup group() {
        return group;
    }

    KemariHost east() {
        return group.host("east");
    }

    KemariHost west() {
        return group.host("west");
    }

    KemariHost other(KemariHost host) {
        return host == east() ? west() : east();
    }

    Witness witness() {
        return witness;
    }

    GuestImage image() {
        return image;
    }

    Random random() {
        return random;
    }

    /** When guests' mirrored disks are written, see {@code protection.writePolicy}; empty: as Kemari does by itself. */
    String writePolicy() {
        return writePolicy;
    }

    /** For guests to come. */
    void writePolicy(String policy) {
        writePolicy = policy;
    }

    /** A name that no guest of these hosts has had: what they keep of a guest is kept by its name. */
    String freshName() {
        return "endure" + ++guests;
    }

    /** Undoes all faults, starts whatever does not run, and waits until everybody knows everybody. */
    void repair() throws TimeoutException {
        try {
            begin();
        } catch (TimeoutException | RuntimeException e) {
            saveLogs("repair");
            throw e;
        }
    }

    void saveLogs(String why) {
        Path into = Path.of("target/endurance-logs", why).toAbsolutePath();
        group.hosts().forEach(host -> host.saveLogs(into));
        witness.saveLogs(into);
        System.out.println("the logs are in " + into);
    }

    private void begin() throws TimeoutException {
        lab.faults().repairAll();
        if (!witness.isRunning()) {
            witness.start();
        }
        group.hosts().stream().filter(host -> !host.isRunning()).forEach(KemariHost::start);
        witness.awaitReady();
        group.awaitUp(PATIENCE);
        for (KemariHost host : group.hosts()) {
            Await.until(host.name() + " reaches the witness", PATIENCE, () -> host.console()
                    .arbiter()
                    .isReachable());
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
