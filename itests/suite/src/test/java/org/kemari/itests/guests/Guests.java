package org.kemari.itests.guests;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostConsole;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Pair;

/** The hosts that all tests of this process share; they are started once, and again when a test has killed one. */
final class Guests {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static Guests instance;
    private static GuestImage builtImage;

    private final Lab lab;
    private final Pair pair;
    private final GuestImage image;
    private final Random random;

    private Guests() {
        lab = Lab.shared();
        pair = Pair.create(lab);
        pair.east().withShell();
        pair.west().withShell();
        image = imageIn(lab);
        long seed = Long.getLong("kemari.seed", System.nanoTime());
        System.out.println("kemari: random times come from -Dkemari.seed=" + seed);
        random = new Random(seed);
    }

    static synchronized Guests get() {
        if (instance == null) {
            instance = new Guests();
        }
        return instance;
    }

    /** The test guest, built once. */
    static synchronized GuestImage imageIn(Lab lab) {
        if (builtImage == null) {
            builtImage = GuestImage.build(lab.workspace().resolve("image"));
        }
        return builtImage;
    }

    Lab lab() {
        return lab;
    }

    KemariHost east() {
        return pair.east();
    }

    KemariHost west() {
        return pair.west();
    }

    HostGroup group() {
        return HostGroup.of(pair);
    }

    KemariHost other(KemariHost host) {
        return pair.other(host);
    }

    GuestImage image() {
        return image;
    }

    Random random() {
        return random;
    }

    /** A name that no other test has, so that no record of the arbiter is in the way. */
    String freshName(String prefix) {
        return prefix + COUNTER.incrementAndGet();
    }

    /** Starts whatever is not running, with nothing left from before, and waits until the hosts know each other. */
    void ensureUp() throws TimeoutException {
        lab.faults().repairAll();
        for (KemariHost host : new KemariHost[] {east(), west()}) {
            lab.network().mend(host.name());
            if (!host.isRunning()) {
                host.killEverything();
                host.awaitDead();
                host.start();
            }
        }
        for (KemariHost host : new KemariHost[] {east(), west()}) {
            awaitPeer(host.awaitReady(), other(host).name());
        }
    }

    /** Starts a host that was killed, and waits until the other one knows it. */
    void revive(KemariHost host) throws TimeoutException {
        host.killEverything();
        host.awaitDead();
        host.start();
        host.awaitReady();
        awaitPeer(other(host).console(), host.name());
        awaitPeer(host.console(), other(host).name());
    }

    private static void awaitPeer(HostConsole console, String peer) throws TimeoutException {
        Await.until(peer + " is alive", PATIENCE, () -> console.health(peer)
                .getState()
                .equals("ALIVE"));
    }
}
