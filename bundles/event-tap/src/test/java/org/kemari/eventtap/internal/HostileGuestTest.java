package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;

/** A guest that breaks the rules: its device stops, and nothing else happens to anybody. */
class HostileGuestTest {
    private static final long TABLE = FrontEnd.BASE + 0x40_0000 - 0x1_0000;

    @TempDir
    Path directory;

    /** What the guest does. */
    enum Attack {
        INDEX_JUMPS {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.setAvailIndex(ring.availIndex() + 1000);
            }
        },
        HEAD_BEYOND_THE_TABLE {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.offer(60_000);
                ring.show();
            }
        },
        LOOP {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.descriptor(0, TABLE, 16, DriverRing.NEXT, 1);
                ring.descriptor(1, TABLE, 16, DriverRing.NEXT, 0);
                ring.offer(0);
                ring.show();
            }
        },
        OUT_OF_MEMORY {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, 0x7fff_ffff_0000L, 512);
            }
        },
        BEFORE_MEMORY {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, FrontEnd.BASE - 512, 1024);
            }
        },
        ACROSS_THE_END {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, FrontEnd.BASE + Bench.GUEST_BYTES - 512, 1024);
            }
        },
        ADDRESS_WRAPS {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, -512, 1024);
            }
        },
        ZERO_LENGTH {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, TABLE, 0);
            }
        },
        HUGE_LENGTH {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                chain(ring, TABLE, 0xffff_fe00L);
            }
        },
        NESTED_TABLES {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.rawDescriptor(TABLE, TABLE + 64, 16, DriverRing.INDIRECT, 0);
                ring.rawDescriptor(TABLE + 64, TABLE, 16, 0, 0);
                ring.descriptor(0, TABLE, 16, DriverRing.INDIRECT, 0);
                ring.offer(0);
                ring.show();
            }
        },
        TABLE_OUT_OF_MEMORY {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.descriptor(0, 0x7fff_ffff_0000L, 4096, DriverRing.INDIRECT, 0);
                ring.offer(0);
                ring.show();
            }
        },
        READABLE_AFTER_WRITABLE {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.descriptor(0, TABLE, 16, DriverRing.NEXT | DriverRing.WRITE, 1);
                ring.descriptor(1, TABLE, 16, 0, 0);
                ring.offer(0);
                ring.show();
            }
        },
        NO_HEADER {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.add(List.of(Buffer.readable(TABLE, 8), Buffer.writable(TABLE, 1)));
                ring.show();
            }
        },
        NO_STATUS {
            @Override
            void mount(FrontEnd front, DriverRing ring) {
                ring.add(List.of(Buffer.readable(TABLE, 16)));
                ring.show();
            }
        };

        abstract void mount(FrontEnd front, DriverRing ring);

        /** A read whose data buffer is somewhere. */
        private static void chain(DriverRing ring, long address, long length) {
            ring.descriptor(0, TABLE, 16, DriverRing.NEXT, 1);
            ring.descriptor(1, address, length, DriverRing.NEXT | DriverRing.WRITE, 2);
            ring.descriptor(2, TABLE + 64, 1, DriverRing.WRITE, 0);
            ring.offer(0);
            ring.show();
        }
    }

    @ParameterizedTest
    @EnumSource
    void breaksOnlyItsOwnDevice(Attack attack) throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(1, 512)));
            attack.mount(bench.front, bench.front.rings.get(0));
            bench.front.kick(0);
            assertThat(bench.front.awaitError(0, 5000)).isTrue();
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                synchronized (bench.broken) {
                    return bench.broken.size() == 1;
                }
            });
            assertThat(bench.broken.get(0)).startsWith("root: ring 0: ");
            assertThat(bench.tap.status().get(0).state()).startsWith("broken: ring 0: ");
            assertThat(bench.front.isAnswered()).isTrue();
            assertThat(bench.front.guardsIntact()).isTrue();
            assertThat(bench.onDisk(0, 512)).isEqualTo(Bench.pattern(1, 512));

            bench.front.resetDevice();
            bench.boot(Bench.FEATURES);
            assertThat(bench.disk.status(bench.disk.read(0, 0, 512))).isZero();
            assertThat(bench.tap.status().get(0).state()).isEqualTo("serving");
        }
    }

    @Test
    void aBrokenDeviceStillPausesAndResumes() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(HoldTest.TIMEOUT);
            bench.disk.write(0, 0, Bench.pattern(1, 512));
            HoldTest.awaitHeld(bench, 1);
            Attack.INDEX_JUMPS.mount(bench.front, bench.front.rings.get(0));
            bench.front.kick(0);
            assertThat(bench.front.awaitError(0, 5000)).isTrue();
            assertThat(HoldTest.checkpoint(bench, 1)
                            .devices()
                            .get(0)
                            .rings()
                            .get(0)
                            .inFlight())
                    .hasSize(1);
            assertThat(bench.tap.status().get(0).state()).startsWith("broken");
        }
    }

    @Test
    void scribblingOverTheUsedRingHurtsOnlyTheGuest() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int i = 0; i < 50; i++) {
                bench.front.rings.get(0).setUsedIndex(i * 977);
                bench.disk.write(0, i, Bench.pattern(i, 512));
                int expected = i + 1;
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofSeconds(5))
                        .until(() -> bench.tap.status().get(0).writes() == expected);
                RingLayout layout = bench.front.rings.get(0).layout();
                // A driver that has lost count takes its descriptors back by force.
                bench.front.ram.fill(bench.front.at(layout.usedRing()), 4 + 8 * layout.size(), (byte) 0xff);
                bench.front.rings.get(0).setUsedIndex(i + 1);
                bench.front.ram.putInt(bench.front.at(layout.usedRing()) + 4 + 8L * (i % layout.size()), i * 3 % 64);
                bench.front.rings.get(0).poll();
            }
            assertThat(bench.front.guardsIntact()).isTrue();
            assertThat(bench.tap.status().get(0).state()).isEqualTo("serving");
        }
    }

    @Test
    void scribblingOverTheUsedRingAroundAPause() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int i = 0; i < 40; i++) {
                bench.tap.hold(HoldTest.TIMEOUT);
                for (int k = 0; k < 3; k++) {
                    bench.disk.write(0, k, Bench.pattern(i, 512));
                }
                bench.tap.prepare(i + 1);
                bench.front.stop();
                bench.front.rings.get(0).setUsedIndex(i * 7919 - i % 3);
                bench.front.start(bench.front.features);
                bench.tap.snapshot(HoldTest.TIMEOUT);
                bench.tap.release(i + 1);
                bench.tap.passThrough();
                assertThat(bench.front.isAnswered()).isTrue();
                bench.front.resetDevice();
                bench.boot(Bench.FEATURES);
            }
            assertThat(bench.disk.status(bench.disk.read(0, 0, 512))).isZero();
            assertThat(bench.front.guardsIntact()).isTrue();
        }
    }

    @Test
    void randomRingsNeitherCrashNorEscape() throws IOException {
        Random random = new Random(20261122);
        try (Bench bench = new Bench(directory, 2, false)) {
            bench.front.connect();
            for (int round = 0; round < 150; round++) {
                bench.boot(Bench.FEATURES);
                DriverRing ring = bench.front.rings.get(round % 2);
                for (int i = 0; i < 64; i++) {
                    boolean inside = random.nextInt(8) != 0;
                    long address = inside
                            ? FrontEnd.BASE + 0x1_0000 + random.nextInt((int) Bench.GUEST_BYTES - 0x2_0000)
                            : random.nextLong();
                    ring.descriptor(
                            i,
                            address,
                            random.nextInt(6) == 0 ? random.nextInt() & 0xffffffffL : random.nextInt(8192),
                            random.nextInt(20) == 0 ? random.nextInt(8) : random.nextInt(4),
                            random.nextInt(70));
                }
                for (int i = 0; i < 30; i++) {
                    ring.offer(random.nextInt(64));
                }
                ring.show();
                bench.front.kick(round % 2);
                if (round % 3 == 0) {
                    bench.tap.prepare(round + 1);
                    bench.front.stop();
                    bench.front.start(bench.front.features);
                    bench.tap.snapshot(HoldTest.TIMEOUT);
                }
                assertThat(bench.front.isAnswered()).isTrue();
                bench.front.resetDevice();
            }
            assertThat(bench.front.guardsIntact()).isTrue();
            bench.boot(Bench.FEATURES);
            assertThat(bench.disk.status(bench.disk.read(1, 0, 512))).isZero();
        }
    }
}
