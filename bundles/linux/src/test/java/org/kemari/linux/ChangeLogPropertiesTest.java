package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A pair of hosts with real logs and modelled disks: guest writes, checkpoints, releases, resets, flushes and settling in
 * any order, ended by any outage. Whatever happened: if the logs may be relied on, then everything in which the copies
 * differ is marked.
 */
class ChangeLogPropertiesTest {
    private static final int EXTENTS = 150;
    private static final long DISK = EXTENTS * (long) ChangeLog.EXTENT_BYTES - 1000;
    private static final BlockFile.Identity COPY = new BlockFile.Identity(DISK, 5);
    private static final long SESSION = 4711;

    /** A copy of the disk: what is in the page cache, and what would survive a loss of power. */
    private static final class Host {
        final int[] cache = new int[EXTENTS];
        final int[] durable = new int[EXTENTS];
        final Path file;
        ChangeLog log;
        byte[] durableLog;
        int boots;

        Host(Path directory, String peer, boolean primary) throws IOException {
            file = directory.resolve("disk." + peer + ".changes");
            log = ChangeLog.create(file, peer, SESSION, primary, COPY, boot());
            log.publish();
            log.persist();
            synced();
        }

        String boot() {
            return "boot-" + boots;
        }

        /** Something was done that makes the log durable. */
        void synced() throws IOException {
            durableLog = Files.readAllBytes(file);
        }

        void mark(int extent) {
            log.mark(extent * (long) ChangeLog.EXTENT_BYTES, 512);
        }

        void write(int extent, int value) {
            cache[extent] = value;
        }

        void flush() {
            System.arraycopy(cache, 0, durable, 0, EXTENTS);
        }

        void diverge(boolean tookOver) throws IOException {
            if (tookOver) {
                log.tookOver();
            }
            log.diverge();
            synced();
        }

        void processDies() throws IOException {
            log.close();
            log = ChangeLog.open(file, COPY, boot());
        }

        /** Of what was not flushed, anything may be lost. */
        void losesPower(Random random) throws IOException {
            log.close();
            byte[] now = Files.readAllBytes(file);
            for (int page = 0; page < now.length; page += 4096) {
                if (random.nextBoolean()) {
                    System.arraycopy(durableLog, page, now, page, 4096);
                }
            }
            Files.write(file, now);
            for (int i = 0; i < EXTENTS; i++) {
                cache[i] = random.nextBoolean() ? durable[i] : cache[i];
            }
            flush();
            boots++;
            log = ChangeLog.open(file, COPY, boot());
        }

        void rebootsInOrder() throws IOException {
            log.clean();
            log.close();
            boots++;
            log = ChangeLog.open(file, COPY, boot());
            log.resume();
            synced();
        }

        boolean isMarked(int extent) {
            return (log.word(extent / 64) >>> (extent % 64) & 1) != 0;
        }
    }

    private record Write(int extent, int value, long epoch) {}

    /** One session and what comes after it. */
    private static final class Pair {
        final Random random;
        final Host east;
        final Host west;
        /** Taken from the rings and not executed on the primary. */
        final List<Write> pending = new ArrayList<>();
        /** In checkpoints that are acknowledged and not applied. */
        final List<List<Write>> queued = new ArrayList<>();

        final List<Integer> repairs = new ArrayList<>();
        int value = 1;
        long epoch = 1;
        long applied;
        long target;
        boolean eastSettled;
        boolean westSwapped;
        boolean westSettled;

        Pair(Path directory, long seed) throws IOException {
            random = new Random(seed);
            east = new Host(directory, "west", true);
            west = new Host(directory, "east", false);
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> take();
                case 3, 4 -> checkpoint();
                case 5, 6 -> apply();
                case 7, 8 -> execute();
                case 9 -> settle();
                case 10 -> {
                    if (random.nextInt(8) == 0) {
                        reset();
                    }
                }
                default -> (random.nextBoolean() ? east : west).flush();
            }
        }

        void take() {
            int extent = random.nextInt(EXTENTS);
            east.mark(extent);
            pending.add(new Write(extent, value++, epoch));
        }

        void checkpoint() {
            if (queued.size() > 1) {
                return;
            }
            if (target == 0 && random.nextBoolean() && east.log.swap()) {
                target = epoch;
                eastSettled = false;
                westSwapped = false;
                westSettled = false;
            }
            List<Write> shipped = new ArrayList<>();
            for (int extent : repairs) {
                shipped.add(new Write(extent, east.cache[extent], epoch));
            }
            repairs.clear();
            long now = epoch;
            pending.stream().filter(w -> w.epoch() == now).forEach(shipped::add);
            queued.add(shipped);
            epoch++;
        }

        void apply() {
            if (!queued.isEmpty()) {
                for (Write w : queued.remove(0)) {
                    west.mark(w.extent());
                    west.write(w.extent(), w.value());
                }
                applied++;
                if (applied == target) {
                    west.log.swap();
                    westSwapped = true;
                }
            }
        }

        /** The primary executes the oldest write whose checkpoint is committed. */
        void execute() {
            if (!pending.isEmpty() && pending.get(0).epoch() < epoch) {
                Write w = pending.remove(0);
                east.write(w.extent(), w.value());
            }
        }

        void settle() {
            if (target == 0) {
                return;
            }
            long now = target;
            if (!eastSettled && epoch > target && pending.stream().noneMatch(w -> w.epoch() <= now)) {
                east.flush();
                eastSettled = true;
            } else if (!westSettled && westSwapped) {
                west.flush();
                westSettled = true;
            } else if (eastSettled && westSettled) {
                // a message may be lost: either may be the only one
                if (random.nextInt(4) > 0) {
                    west.log.settle();
                }
                if (random.nextInt(4) > 0) {
                    east.log.settle();
                    target = 0;
                }
            }
        }

        /** The guest is reset: what is pending is dropped; what the standby has of it is repaired. */
        void reset() {
            for (Write w : pending) {
                if (w.epoch() < epoch) {
                    repairs.add(w.extent());
                }
            }
            pending.clear();
            if (target != 0 && !eastSettled) {
                // the checkpoint that carries the repairs takes its place
                target = epoch;
                westSwapped = false;
                westSettled = false;
            }
        }

        /** @return the host that goes on, then the one that comes back */
        Host[] end() throws IOException {
            Host[] roles = random.nextBoolean() ? takeover() : drop();
            for (int i = random.nextInt(20); i > 0; i--) {
                int extent = random.nextInt(EXTENTS);
                roles[0].mark(extent);
                roles[0].write(extent, value++);
            }
            if (random.nextInt(4) == 0) {
                roles[0].rebootsInOrder();
            }
            return roles;
        }

        private Host[] takeover() throws IOException {
            boolean whole = random.nextInt(4) > 0;
            while (whole && !queued.isEmpty()) {
                apply();
            }
            dies(east);
            if (!whole) {
                // the standby's Kemari died, too: its image is lost, and the guest is booted from its disk, by force
                west.processDies();
            }
            west.diverge(whole);
            return new Host[] {west, east};
        }

        private Host[] drop() throws IOException {
            dies(west);
            if (random.nextInt(4) == 0) {
                // the guest's process dies, too: it is booted again, from the disk
                east.processDies();
                pending.clear();
            }
            east.diverge(false);
            pending.forEach(w -> east.write(w.extent(), w.value()));
            return new Host[] {east, west};
        }

        private void dies(Host host) throws IOException {
            if (random.nextBoolean()) {
                host.losesPower(random);
            } else {
                host.processDies();
            }
        }
    }

    private static Path directory() throws IOException {
        return Files.createTempDirectory(Path.of("/dev/shm"), "kemari-changes-test");
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** @return whether the logs could be relied on */
    private static boolean check(long seed) throws IOException {
        Path directory = directory();
        Pair pair = new Pair(directory, seed);
        try {
            for (int i = pair.random.nextInt(300); i > 0; i--) {
                pair.step();
            }
            Host[] roles = pair.end();
            Host owner = roles[0];
            Host back = roles[1];
            assertThat(owner.log.isTrusted()).isTrue();
            if (!back.log.isAnsweredBy(owner.log.session(), owner.log.wasPrimary(), owner.log.isComplete())) {
                return false;
            }
            for (int i = 0; i < EXTENTS; i++) {
                if (owner.cache[i] != back.cache[i]) {
                    assertThat(owner.isMarked(i) || (back.log.isTrusted() && back.isMarked(i)))
                            .as("extent %d, seed %d", i, seed)
                            .isTrue();
                }
            }
            return true;
        } finally {
            pair.east.log.close();
            pair.west.log.close();
            remove(directory);
        }
    }

    @Property(tries = 1500, afterFailure = AfterFailureMode.PREVIOUS_SEED)
    void whatDiffersIsMarked(@ForAll long seed) throws IOException {
        check(seed);
    }

    @Test
    void logsCanBeReliedOnMostOfTheTime() throws IOException {
        int usable = 0;
        for (long seed = 0; seed < 200; seed++) {
            usable += check(seed) ? 1 : 0;
        }
        // not if power was lost and the host that goes on does not know all that was committed
        assertThat(usable).isBetween(140, 199);
    }
}
