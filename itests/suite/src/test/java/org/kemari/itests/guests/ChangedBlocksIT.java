package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** What is copied back after an outage: enough, and not everything. */
class ChangedBlocksIT extends GuestCase {
    /** Size of a disk that has content and that nobody writes to. */
    private static final int IDLE_MIB = 128;

    private static final int ROUNDS = 6;

    // of a change log
    private static final int BOOT_AT = 32;
    private static final int CRC_AT = 504;
    private static final int MARKS_AT = 3 * 4096;

    private static void fill(Path disk) throws IOException {
        byte[] content = new byte[IDLE_MIB << 20];
        new Random(1).nextBytes(content);
        Files.write(disk, content);
    }

    @Test
    void a_busy_disk_is_equal_to_the_byte_after_losses_of_every_kind() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("blocks").vcpus(2);
        ext4(domain, primary, "data", 16 << 20);
        raw(domain, "busy", 48 << 20, 1);
        raw(domain, "idle", IDLE_MIB << 20, 1);
        fill(domain.disks().get(2).on(primary));
        startGuest(domain, primary).close();
        protect(domain, primary);
        assertThat(sent(domain, primary)).isGreaterThan((long) IDLE_MIB << 20);
        for (int round = 0; round < ROUNDS; round++) {
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                control.ask("scribble vdb 2 " + guests.random().nextInt(1000));
            }
            Thread.sleep(guests.random().nextInt(3000));
            KemariHost other = guests.other(primary);
            switch (round % 3) {
                case 0 -> {
                    primary.killEverything();
                    primary.awaitDead();
                    if (round >= ROUNDS / 2) {
                        losePower(domain, primary);
                    }
                    primary = other;
                }
                case 1 -> {
                    primary.killHypervisors();
                    primary = other;
                }
                default -> {
                    other.killEverything();
                    other.awaitDead();
                    primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
                    if (round == ROUNDS - 1) {
                        // somebody puts another file in its place, of which the logs know nothing
                        Files.delete(domain.disks().get(2).on(other));
                        GuestDisks.makeEmpty(domain.disks().get(2).on(other), IDLE_MIB << 20);
                    }
                }
            }
            awaitRunning(domain, primary);
            Thread.sleep(guests.random().nextInt(1000));
            if (!guests.other(primary).isRunning()) {
                guests.revive(guests.other(primary));
            }
            protect(domain, primary);
            List<String> copied = copies(primary, guests.other(primary));
            System.out.printf("kemari: round %d: %d MiB sent, disks: %s%n", round, sent(domain, primary) >> 20, copied);
            assertThat(copied).as("disks in round " + round).hasSize(3);
            assertThat(copied.get(2)).startsWith("idle");
            assertThat(copied.get(2).contains(" 0 KiB may differ")).isEqualTo(round < ROUNDS - 1);
        }
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            control.ask("quiesce");
        }
        KemariHost last = primary;
        long epoch = last.console().domain(domain.name()).getEpoch();
        Await.until(
                "everything is committed and applied",
                PATIENCE,
                () -> guests.other(last).console().transfer(domain.name()).getAppliedEpoch() > epoch + 1);
        stop(domain, last);
        for (DomainSpec.DiskSpec disk : domain.disks()) {
            assertThat(GuestDisks.firstDifference(disk.on(guests.east()), disk.on(guests.west())))
                    .as("first difference of " + disk.id())
                    .isEqualTo(-1);
        }
    }

    /** To a dead host's change logs: they are of another boot, and what was marked was never written out. */
    private static void losePower(DomainSpec domain, KemariHost host) throws IOException {
        try (Stream<Path> logs = Files.list(host.files().stateRoot().resolve(domain.name()))) {
            for (Path log :
                    logs.filter(path -> path.toString().endsWith(".changes")).toList()) {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
                bytes.put(BOOT_AT, (byte) (bytes.get(BOOT_AT) ^ 1));
                CRC32C crc = new CRC32C();
                crc.update(bytes.slice(0, CRC_AT));
                bytes.putInt(CRC_AT, (int) crc.getValue());
                Arrays.fill(bytes.array(), MARKS_AT, bytes.limit(), (byte) 0);
                Files.write(log, bytes.array());
            }
        }
    }

    /** What a primary's log says of how the disks were last copied. */
    private static List<String> copies(KemariHost primary, KemariHost standby) throws IOException {
        List<String> lines = Files.readAllLines(primary.files().log()).stream()
                .filter(line -> line.contains("Disk ") && line.contains("host " + standby.name()))
                .map(line -> line.substring(line.indexOf("Disk ") + 5))
                .toList();
        return lines.subList(Math.max(0, lines.size() - 3), lines.size());
    }

    private static long sent(DomainSpec domain, KemariHost primary) {
        return primary.console().domain(domain.name()).getSyncBytesSent();
    }
}
