package org.kemari.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostConsole;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Pair;

/** A guest of the pair, with an ext4 disk and maybe a raw one, both mirrored. */
public final class Guest implements AutoCloseable {
    /** Ids of its devices. */
    public static final String DATA = "data";

    public static final String RAW = "raw";
    public static final String NIC = "lan";
    /** Name of the raw disk inside. */
    static final String RAW_DEVICE = "vdb";

    private static final long DATA_BYTES = 64L << 20;
    private static final long RAW_BYTES = 64L << 20;
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final double QUIET_MILLIS = 1000;
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final double SILENCE_INTERVAL_SECONDS = 0.005;

    private final Pair pair;
    private final DomainSpec spec;
    private KemariHost primary;
    private GuestControl control;

    private Guest(Pair pair, DomainSpec spec) {
        this.pair = pair;
        this.spec = spec;
        this.primary = pair.east();
    }

    /** Defines the domain on both hosts, starts it on east and waits until it answers. */
    public static Guest start(
            Context context, String name, String address, int memoryMib, int vcpus, boolean withRawDisk)
            throws TimeoutException, IOException {
        DomainSpec spec = new DomainSpec(name, address).memory(memoryMib).vcpus(vcpus);
        return start(context, spec, withRawDisk);
    }

    /** The same with a definition of one's own, which gets kernel and disks. */
    public static Guest start(Context context, DomainSpec spec, boolean withRawDisk)
            throws TimeoutException, IOException {
        Pair pair = context.pair();
        String name = spec.name();
        spec.kernel(context.image()).mirrored(DATA, name + "-data.img", 1);
        Path data = spec.disks().get(0).on(pair.east());
        GuestDisks.makeExt4(data, DATA_BYTES);
        GuestDisks.makeEmpty(spec.disks().get(0).on(pair.west()), DATA_BYTES);
        if (withRawDisk) {
            spec.mirrored(RAW, name + "-raw.img", 1);
            for (KemariHost host : List.of(pair.east(), pair.west())) {
                GuestDisks.makeEmpty(spec.disks().get(1).on(host), RAW_BYTES);
            }
        }
        spec.define(pair.east(), pair.west());
        Guest guest = new Guest(pair, spec);
        Await.until(name + " is defined", PATIENCE, () -> guest.domain().getState() != null);
        guest.domain().start();
        Await.until(
                name + " runs",
                PATIENCE,
                () -> guest.domain().getRole().equals("PRIMARY")
                        && !guest.domain().getState().equals("STARTING"));
        guest.control = GuestControl.await(spec.address(), PATIENCE);
        return guest;
    }

    public String address() {
        return spec.address();
    }

    public String name() {
        return spec.name();
    }

    public GuestControl control() {
        return control;
    }

    KemariHost primary() {
        return primary;
    }

    public HostConsole console() {
        return primary.console();
    }

    public DomainMXBean domain() {
        return console().domain(spec.name());
    }

    /** The accelerator that Kemari chose, from the hypervisor's command line. */
    public String accelerator() throws IOException {
        Path commandLine = Path.of("/proc", Long.toString(domain().getHypervisorPid()), "cmdline");
        List<String> words = List.of(Files.readString(commandLine).split("\0"));
        int at = words.indexOf("-accel");
        return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "unknown";
    }

    /** Protects it on the other host and waits for that. Returns the seconds it took. */
    public double protect() throws TimeoutException {
        KemariHost standby = pair.other(primary);
        long[] begun = {0};
        // a host that has just come back may not serve its peers yet: it is asked again
        Await.until(spec.name() + " is protected", PATIENCE, () -> {
            if (domain().isProtected()) {
                return true;
            }
            String state = domain().getState();
            if (state.equals("SOLO") && System.nanoTime() - begun[0] > RETRY_NANOS) {
                begun[0] = System.nanoTime();
                domain().protect(standby.name());
            }
            return false;
        });
        standby.console().awaitState(spec.name(), PATIENCE, "READY");
        return (System.nanoTime() - begun[0]) / 1e9;
    }

    public void unprotect() throws TimeoutException {
        domain().unprotect();
        console().awaitState(spec.name(), PATIENCE, "SOLO");
        Await.until(spec.name() + " is not protected", PATIENCE, () -> !domain().isProtected());
    }

    /** Kills everything on the primary host, waits until the guest runs on the other, and tells how that went. */
    Takeover killPrimary() throws TimeoutException, IOException, InterruptedException {
        List<Long> pids = primary.pids();
        return lose(victim -> {
            KemariHost.kill(pids);
            victim.killEverything();
        });
    }

    /** Does to the primary host what makes the other take over, waits until the guest runs there, and tells how that went. */
    Takeover lose(Consumer<KemariHost> blow) throws TimeoutException, IOException, InterruptedException {
        KemariHost victim = primary;
        KemariHost survivor = pair.other(primary);
        long before = generation(survivor);
        try (Ping ping = Ping.start(spec.address(), SILENCE_INTERVAL_SECONDS)) {
            Await.until("the guest answers", PATIENCE, () -> ping.replies().size() > 20);
            double killed = epochMillis();
            blow.accept(victim);
            // only listening: questions over JMX would take the survivor's processors from the takeover
            Await.until("the guest answers again", PATIENCE, () -> {
                List<Ping.Reply> replies = ping.replies();
                return epochMillis() > killed + QUIET_MILLIS
                        && replies.stream()
                                        .filter(reply -> reply.atMillis() > killed + QUIET_MILLIS / 2)
                                        .count()
                                > 20;
            });
            DomainMXBean domain = survivor.console().domain(spec.name());
            Await.until(spec.name() + " is taken over", PATIENCE, () -> {
                TakeoverView report = domain.getLastTakeover();
                return report != null
                        && report.getGeneration() > before
                        && domain.getRole().equals("PRIMARY");
            });
            primary = survivor;
            return new Takeover(killed, domain.getLastTakeover(), Ping.longestSilenceMillis(ping.replies(), killed));
        }
    }

    /** Waits until it is protected again by itself. Returns when it was, milliseconds since 1970. */
    double awaitProtected() throws TimeoutException {
        Await.until(spec.name() + " is protected again", PATIENCE, () -> domain().isProtected());
        return domain().getSinceEpochMillis();
    }

    /** The other host than the one that runs it. */
    KemariHost other() {
        return pair.other(primary);
    }

    /** Starts the host that was killed again. */
    void revive() throws TimeoutException {
        KemariHost dead = pair.other(primary);
        dead.awaitDead();
        dead.start();
        dead.awaitReady();
    }

    private long generation(KemariHost host) {
        TakeoverView report = host.console().domain(spec.name()).getLastTakeover();
        return report == null ? 0 : report.getGeneration();
    }

    static double epochMillis() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) / 1000.0;
    }

    /** Ends the guest and forgets it on both hosts. */
    @Override
    public void close() throws IOException, TimeoutException {
        if (control != null) {
            control.close();
        }
        domain().stop(0);
        console().awaitState(spec.name(), PATIENCE, "STOPPED");
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            if (host.isRunning()) {
                host.files().removeDomain(spec.name());
                host.console().host().reloadConfiguration();
            }
            for (DomainSpec.DiskSpec disk : spec.disks()) {
                Files.deleteIfExists(disk.on(host));
            }
        }
    }
}
