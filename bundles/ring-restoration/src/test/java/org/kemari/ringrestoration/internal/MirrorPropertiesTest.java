package org.kemari.ringrestoration.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.tap.InFlight;

class MirrorPropertiesTest {
    /**
     * Writes that arrive in pieces, snapshot by snapshot, completed by the primary in any order once they were in one, with
     * guest resets between, give the same disk as executing each of them once, in order.
     */
    @Property(tries = 100)
    void theCopyIsWhatDirectExecutionGives(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Path dir = Files.createTempDirectory("kemari-mirror");
        byte[] direct = new byte[Standby.DISK_BYTES];
        try (Standby standby = new Standby(dir, DiskMode.MIRRORED, false);
                Image image = standby.open()) {
            for (int epoch = 0; epoch < 12; epoch++) {
                for (int i = random.nextInt(6); i > 0; i--) {
                    int sectors = 1 + random.nextInt(40);
                    int sector = random.nextInt(256 - sectors);
                    byte[] data = new byte[sectors * 512];
                    random.nextBytes(data);
                    int ring = random.nextInt(2);
                    if (standby.inFlight.get(ring).size() < 12) {
                        standby.submit(ring, 1, sector, data, random.nextBoolean());
                        System.arraycopy(data, 0, direct, sector * 512, data.length);
                    }
                }
                image.executePending(standby.snapshot());
                assertThat(Files.readAllBytes(standby.disk)).isEqualTo(direct);
                for (int ring = 0; ring < 2; ring++) {
                    for (InFlight r : List.copyOf(standby.inFlight.get(ring))) {
                        if (random.nextInt(3) > 0) {
                            standby.complete(ring, r.head());
                        }
                    }
                }
                if (random.nextInt(10) == 0) {
                    standby.boot(random.nextInt(65_536));
                    standby.incarnation++;
                }
            }
            image.restore(standby.snapshot());
        } finally {
            try (var files = Files.list(dir)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(dir);
        }
    }
}
