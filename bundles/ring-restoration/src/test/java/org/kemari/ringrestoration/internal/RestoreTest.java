package org.kemari.ringrestoration.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;

class RestoreTest {
    @TempDir
    Path dir;

    private Standby standby;
    private Image image;
    private int first;
    private int second;

    @BeforeEach
    void open() throws Exception {
        standby = new Standby(dir, DiskMode.MIRRORED, false);
        image = standby.open();
        int done = standby.submit(0, 1, 1, Standby.filled(1, 1), false);
        first = standby.submit(0, 1, 2, Standby.filled(1, 1), true);
        standby.submit(1, 4, 0, new byte[0], false);
        second = standby.submit(0, 0, 2, new byte[0], false);
        standby.complete(0, done);
    }

    @AfterEach
    void close() {
        image.close();
        standby.close();
    }

    @Test
    void aWholeSnapshotIsHandedOn() throws Exception {
        TapSnapshot snapshot = standby.snapshot();
        assertThat(image.restore(snapshot)).isEqualTo(snapshot);
        assertThat(image.status().restored()).isEqualTo(3);
    }

    @Test
    void requestsThatTheDriverHadReadyButTheTapHadNotTakenAreNoFault() throws Exception {
        standby.drivers.get(0).offer(0);
        standby.drivers.get(0).show();
        assertThat(image.restore(standby.snapshot())).isEqualTo(standby.snapshot());
    }

    private RingSnapshot ring(
            int index, int size, long table, long avail, long used, int availIndex, int usedIndex, List<InFlight> in) {
        return new RingSnapshot(index, size, table, avail, used, availIndex, usedIndex, in);
    }

    private void assertRefused(RingSnapshot ring, String reason) {
        assertRefused(standby.snapshot(List.of(ring)), "device disk0, ring " + ring.index(), reason);
    }

    private void assertRefused(TapSnapshot snapshot, String... reasons) {
        assertThatThrownBy(() -> image.restore(snapshot)).hasMessageContainingAll(reasons);
        assertThat(image.status().restored()).isZero();
    }

    @Test
    void placesThatCannotBe() {
        RingSnapshot r = standby.ring(0);
        long d = r.descriptorTable();
        long a = r.availRing();
        long u = r.usedRing();
        int ai = r.availIndex();
        int ui = r.usedIndex();
        List<InFlight> in = r.inFlight();
        assertRefused(ring(0, 63, d, a, u, ai, ui, in), "power of two");
        assertRefused(ring(0, 0, d, a, u, ai, ui, in), "power of two");
        assertRefused(ring(0, 64, d + 1, a, u, ai, ui, in), "not aligned");
        assertRefused(ring(0, 64, d, a + 1, u, ai, ui, in), "not aligned");
        assertRefused(ring(0, 64, d, a, u + 2, ai, ui, in), "not aligned");
        assertRefused(ring(0, 64, Standby.RAM / 2 - 16, a, u, ai, ui, in), "descriptor table");
        assertRefused(ring(0, 64, d, 1L << 40, u, ai, ui, in), "available ring");
        assertRefused(ring(0, 64, d, a, Standby.RAM / 2 - 8, ai, ui, in), "used ring");
        assertRefused(ring(2, 64, d, a, u, ai, ui, in), "no such ring");
        assertRefused(ring(-1, 64, d, a, u, ai, ui, in), "no such ring");
        assertRefused(standby.snapshot(List.of(r, r)), "ring 0: there is no such ring, or it is there twice");
    }

    @Test
    void indicesThatDoNotAgreeWithTheImage() {
        RingSnapshot r = standby.ring(0);
        long d = r.descriptorTable();
        long a = r.availRing();
        long u = r.usedRing();
        int ai = r.availIndex();
        int ui = r.usedIndex();
        List<InFlight> in = r.inFlight();
        assertRefused(ring(0, 64, d, a, u, ai, ui + 1, in), "in the image");
        assertRefused(ring(0, 64, d, a, u, ai + 1, ui, in), "jumped");
        assertRefused(
                ring(0, 64, d, a, u, ai - 1, ui, in), "the indices leave 1 requests in flight, the snapshot lists 2");
        assertRefused(ring(0, 64, d, a, u, (ai + 100) & 0xffff, ui, in), "do not go together");
        assertRefused(ring(0, 64, d, a, u, 65_536, ui, in), "available index 65536");
        assertRefused(ring(0, 64, d, a, u, -1, ui, in), "available index -1");
    }

    @Test
    void listsThatCannotBe() throws Exception {
        assertList("in flight twice", new InFlight(first, 2), new InFlight(first, 4));
        assertList("out of sequence", new InFlight(first, 4), new InFlight(second, 4));
        assertList("out of sequence", new InFlight(first, 4), new InFlight(second, 2));
        assertList("out of sequence", new InFlight(first, 0), new InFlight(second, 2));
        assertList("head 64 is beyond", new InFlight(first, 2), new InFlight(64, 4));
        assertList("head -1 is beyond", new InFlight(-1, 2), new InFlight(second, 4));
        assertList("the indices leave 2 requests", new InFlight(first, 2));
        List<InFlight> both = new ArrayList<>(standby.ring(0).inFlight());
        RingSnapshot one = standby.ring(1);
        RingSnapshot clash = ring(
                1,
                64,
                one.descriptorTable(),
                one.availRing(),
                one.usedRing(),
                one.availIndex(),
                one.usedIndex(),
                List.of(new InFlight(one.inFlight().get(0).head(), both.get(0).sequence())));
        assertRefused(standby.snapshot(List.of(standby.ring(0), clash)), "ring 1", "out of sequence");
    }

    private void assertList(String reason, InFlight... list) {
        RingSnapshot r = standby.ring(0);
        assertRefused(
                ring(
                        0,
                        64,
                        r.descriptorTable(),
                        r.availRing(),
                        r.usedRing(),
                        r.availIndex(),
                        r.usedIndex(),
                        List.of(list)),
                reason);
    }

    @Test
    void chainsThatCannotBe() {
        standby.drivers.get(0).descriptor(second, 0, 16, 1, 99);
        assertRefused(standby.snapshot(), "disk0, ring 0", "index 99 is beyond");
    }

    @Test
    void requestsWithoutHeader() {
        standby.drivers.get(0).descriptor(second, 0, 15, 0, 0);
        assertRefused(standby.snapshot(), "disk0, ring 0", "header of 15 bytes");
    }

    @Test
    void devicesThatAreNotOurs() {
        DeviceSnapshot disk = standby.snapshot().devices().get(0);
        DeviceSnapshot nic = standby.snapshot().devices().get(1);
        assertRefused(new TapSnapshot(Standby.LAYOUT, List.of(disk)), "[BLOCK disk0, NET nic0]");
        assertRefused(new TapSnapshot(Standby.LAYOUT, List.of(nic, disk)), "domain web has");
        DeviceSnapshot other = new DeviceSnapshot("disk1", DeviceKind.BLOCK, 0, 1, List.of());
        assertRefused(new TapSnapshot(Standby.LAYOUT, List.of(other, nic)), "BLOCK disk1");
    }

    @Test
    void networkRingsHaveNothingInFlight() throws Exception {
        DeviceSnapshot disk = new DeviceSnapshot("disk0", DeviceKind.BLOCK, 0, 1, List.of());
        DeviceSnapshot nic = new DeviceSnapshot("nic0", DeviceKind.NET, Standby.FEATURES, 1, List.of(standby.ring(0)));
        assertRefused(new TapSnapshot(Standby.LAYOUT, List.of(disk, nic)), "nic0, ring 0", "network ring");
        standby.complete(0, first);
        standby.complete(0, second);
        TapSnapshot idle = new TapSnapshot(
                Standby.LAYOUT,
                List.of(
                        disk,
                        new DeviceSnapshot("nic0", DeviceKind.NET, Standby.FEATURES, 1, List.of(standby.ring(0)))));
        assertThat(image.restore(idle)).isEqualTo(idle);
    }
}
