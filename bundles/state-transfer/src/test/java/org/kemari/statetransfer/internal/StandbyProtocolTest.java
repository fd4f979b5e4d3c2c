package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** A primary that breaks the protocol, one frame at a time. */
@Timeout(30)
class StandbyProtocolTest {
    private static final int MIB = 1 << 20;
    private static final ByteBuffer PAGE = ByteBuffer.allocateDirect(4096);

    private TestPair pair;
    private TestLink[] ends;
    private FrameWriter writer;
    private FrameReader reader;
    private Thread acceptor;

    @BeforeEach
    void open() throws IOException {
        TransferSettings settings = new TransferSettings(
                48L * MIB,
                MIB,
                TransferSettings.DEFAULT.connectTimeout(),
                TransferSettings.DEFAULT.handshakeTimeout(),
                TransferSettings.DEFAULT.tapTimeout(),
                TransferSettings.DEFAULT.syncTimeout(),
                TransferSettings.DEFAULT.commitTimeout(),
                0,
                Compression.OFF);
        pair = new TestPair(4 * MIB, MIB, settings, 1);
        ends = TestLink.pair();
        TransferAcceptor transfer = new TransferAcceptor(() -> Optional.of(pair.standby), () -> settings);
        acceptor = new Thread(() -> {
            transfer.accepted(ends[1]);
            ends[1].close();
        });
        acceptor.setDaemon(true);
        acceptor.start();
        writer = new FrameWriter(ends[0], TestPair.SESSION);
        reader = new FrameReader(ends[0], TestPair.SESSION);
    }

    @AfterEach
    void close() throws Exception {
        ends[0].close();
        acceptor.join();
        pair.close();
    }

    private void hello() throws IOException {
        writer.write(new WireMessage.Hello(pair.identity(), 3, 0, Optional.empty(), List.of(DiskBase.NONE)), 0);
        assertThat(answer()).isInstanceOf(WireMessage.Accept.class);
    }

    @Test
    void onlyWhatBothKnowIsAgreedUpon() throws Exception {
        long offered = Capabilities.DELTAS | 1L << 50;
        writer.write(new WireMessage.Hello(pair.identity(), 3, offered, Optional.empty(), List.of(DiskBase.NONE)), 0);
        assertThat(((WireMessage.Accept) answer()).capabilities()).isEqualTo(Capabilities.DELTAS);
    }

    private DomainIdentity uefi() throws IOException {
        DomainIdentity plain = pair.identity();
        return new DomainIdentity(
                plain.domain(),
                plain.machine(),
                plain.memoryBytes(),
                plain.vcpus(),
                "ovmf",
                plain.disks(),
                plain.nics());
    }

    @Test
    void uefiVariablesReachTheGateBeforeItDecides() throws Exception {
        byte[] variables = new byte[528 << 10];
        new Random(1).nextBytes(variables);
        writer.write(new WireMessage.Hello(uefi(), 3, 0, Optional.empty(), List.of(DiskBase.NONE)), 0);
        writer.write(new WireMessage.FirmwareVariables(ByteBuffer.wrap(variables)), 0);
        assertThat(answer()).isInstanceOf(WireMessage.Accept.class);
        assertThat(pair.standby.offer().firmwareVariables()).contains(ByteBuffer.wrap(variables));
    }

    @Test
    void missingUefiVariablesAreABreachOfTheProtocol() throws Exception {
        writer.write(new WireMessage.Hello(uefi(), 3, 0, Optional.empty(), List.of(DiskBase.NONE)), 0);
        writer.write(new WireMessage.CheckpointBegin(), 1);
        assertEnded("UEFI variables");
    }

    private WireMessage answer() throws IOException {
        FrameHeader header = reader.readHeader();
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, Limits.NONE);
    }

    private void assertEnded(String reason) throws IOException, InterruptedException {
        WireMessage answer = answer();
        assertThat(answer).isInstanceOfAny(WireMessage.Error.class, WireMessage.Refuse.class);
        assertThat(answer.toString()).contains(reason);
        try {
            assertThat(answer()).isNull();
        } catch (EOFException e) {
            assertThat(e).isNotNull();
        }
    }

    private static WireMessage.Pages page(int number, int first) {
        ByteBuffer runs = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        runs.putInt(number).putInt(1).flip();
        return new WireMessage.Pages(runs, ByteBuffer.allocateDirect(4096).put(0, (byte) first));
    }

    private void checkpoint(long epoch, WireMessage... changes) throws IOException {
        CheckpointDigest digest = new CheckpointDigest();
        writer.write(new WireMessage.CheckpointBegin(), epoch);
        for (WireMessage change : changes) {
            digest.add(writer.write(change, epoch));
        }
        digest.add(writer.write(state(), epoch));
        digest.add(writer.write(rings(epoch), epoch));
        writer.write(new WireMessage.CheckpointEnd(changes.length + 2, changes.length, digest.value()), epoch);
    }

    private static WireMessage state() {
        return new WireMessage.DeviceState(0, 8, ByteBuffer.allocateDirect(8));
    }

    private static WireMessage rings(long epoch) {
        return new WireMessage.Rings(TestTap.snapshotOf(epoch, 4 * MIB));
    }

    private byte firstByteOfPage(int page) throws IOException {
        return Files.readAllBytes(pair.westPaths.ramFile())[page * 4096];
    }

    @Test
    void aWholeCheckpointIsCommittedAndApplied() throws Exception {
        hello();
        writer.write(page(5, 1), 0);
        checkpoint(1, page(5, 2), page(6, 3));
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        assertThat(pair.standby.session().seal()).isPresent();
        assertThat(firstByteOfPage(5)).isEqualTo((byte) 2);
        assertThat(firstByteOfPage(6)).isEqualTo((byte) 3);
        assertThat(firstByteOfPage(7)).as("what was not sent is zero").isZero();
    }

    @Test
    void firstWordsOtherThanHelloAreRefused() throws Exception {
        writer.write(new WireMessage.Synced(), 0);
        assertEnded("a session began with");
        assertThat(pair.standby.session()).isNull();
    }

    @Test
    void theImageIsNotTouchedBetweenCheckpoints() throws Exception {
        hello();
        checkpoint(1, page(5, 2));
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        writer.write(page(5, 99), 0);
        assertEnded("between checkpoints");
        pair.standby.awaitEnded();
        assertThat(pair.standby.session().seal().orElseThrow().epoch()).isEqualTo(1);
        assertThat(firstByteOfPage(5)).isEqualTo((byte) 2);
    }

    private static WireMessage.PageDeltas delta(int number, int word, long value, int crc) {
        ByteBuffer data = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(word | 1 << 16).putLong(value).flip();
        ByteBuffer entries = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        entries.putInt(number).putInt(12).putInt(crc).flip();
        return new WireMessage.PageDeltas(entries, data);
    }

    private static int crcOfPage(int word, long value) {
        ByteBuffer page = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(page.putLong(8 * word, value));
        return (int) crc.getValue();
    }

    @Test
    void whatChangesInAPageIsApplied() throws Exception {
        hello();
        checkpoint(1, delta(5, 0, 7, crcOfPage(0, 7)), delta(6, 511, -1, crcOfPage(511, -1)));
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        assertThat(pair.standby.session().seal()).isPresent();
        assertThat(firstByteOfPage(5)).isEqualTo((byte) 7);
        assertThat(firstByteOfPage(7)).isZero();
    }

    @Test
    void aChangeThatDoesNotFitToTheImageIsItsEnd() throws Exception {
        hello();
        checkpoint(1, delta(5, 0, 7, crcOfPage(0, 8)));
        pair.standby.awaitEnded();
        assertThat(pair.standby.session().seal()).isEmpty();
        assertThat(pair.standby.told().get(0)).contains("image lost").contains("page 5 does not fit");
        assertThat(firstByteOfPage(5)).as("it is not even begun").isZero();
    }

    @Test
    void aChangeBeyondAPageIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        writer.write(delta(5, 512, 7, 0), 1);
        assertEnded("a delta for word 513 of 512");
        assertThat(pair.standby.session().seal()).isEmpty();
    }

    @Test
    void aChangeBeyondTheMemoryIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        writer.write(delta(1024, 0, 7, 0), 1);
        assertEnded("a delta for page 1024 of a guest with 1024 pages");
    }

    @Test
    void changesDuringTheSyncAreRefused() throws Exception {
        hello();
        writer.write(delta(5, 0, 7, 0), 0);
        assertEnded("during the sync");
    }

    @Test
    void aDeviceStateRelativeToNothingIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        writer.write(new WireMessage.StateDelta(8, 8, 0, ByteBuffer.allocateDirect(0)), 1);
        assertEnded("relative to another one");
    }

    @Test
    void aDeviceStateThatIsNotThePrimarysIsTheEndOfTheImage() throws Exception {
        hello();
        checkpoint(1);
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        CheckpointDigest digest = new CheckpointDigest();
        writer.write(new WireMessage.CheckpointBegin(), 2);
        digest.add(writer.write(new WireMessage.StateDelta(8, 8, 4711, ByteBuffer.allocateDirect(0)), 2));
        digest.add(writer.write(rings(2), 2));
        writer.write(new WireMessage.CheckpointEnd(2, 0, digest.value()), 2);
        pair.standby.awaitEnded();
        assertThat(pair.standby.session().seal()).isEmpty();
        assertThat(pair.standby.told().get(0)).contains("image lost").contains("device state");
    }

    @Test
    void checkpointsComeInOrder() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 2);
        assertEnded("checkpoint 2 came after checkpoint 0");
    }

    @Test
    void aFrameOfAnotherCheckpointIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        writer.write(page(1, 1), 2);
        assertEnded("a frame of checkpoint 2 in checkpoint 1");
        assertThat(pair.standby.session().seal()).isEmpty();
    }

    @Test
    void whatIsAnnouncedMustHaveCome() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        CheckpointDigest digest = new CheckpointDigest();
        digest.add(writer.write(state(), 1));
        digest.add(writer.write(rings(1), 1));
        writer.write(new WireMessage.CheckpointEnd(2, 0, digest.value() + 1), 1);
        assertEnded("is not what was announced");
    }

    @Test
    void aCheckpointWithoutDeviceStateIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        CheckpointDigest digest = new CheckpointDigest();
        digest.add(writer.write(new WireMessage.DeviceState(0, 9, ByteBuffer.allocateDirect(8)), 1));
        digest.add(writer.write(rings(1), 1));
        writer.write(new WireMessage.CheckpointEnd(2, 0, digest.value()), 1);
        assertEnded("8 of 9 bytes of device state");
    }

    @Test
    void aCheckpointWithoutRingsIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        CheckpointDigest digest = new CheckpointDigest();
        digest.add(writer.write(state(), 1));
        writer.write(new WireMessage.CheckpointEnd(1, 0, digest.value()), 1);
        assertEnded("has no rings");
    }

    @Test
    void pagesBeyondTheMemoryAreRefused() throws Exception {
        hello();
        writer.write(page(1024, 1), 0);
        assertEnded("1 pages from page 1024 of a guest with 1024 pages");
        assertThat(Files.size(pair.westPaths.ramFile())).isEqualTo(4 * MIB);
    }

    @Test
    void aDiskThatWasNotAgreedUponIsRefused() throws Exception {
        hello();
        writer.write(new WireMessage.Disk(1, 0, PAGE.duplicate()), 0);
        assertEnded("disk 1 of 1");
    }

    @Test
    void endlessCheckpointsAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        ByteBuffer piece = ByteBuffer.allocateDirect(MIB);
        try {
            for (int i = 0; i < 60; i++) {
                writer.write(new WireMessage.Disk(0, 0, piece.duplicate()), 1);
            }
        } catch (IOException e) {
            assertThat(e).as("the standby hangs up while we are still sending").isNotNull();
        }
        pair.standby.awaitEnded();
        assertThat(pair.standby.last().orElseThrow()).contains("larger than the staging memory of this host");
        Awaitility.await().until(() -> pair.standby.session().status().stagingBytes() == 0);
    }

    @Test
    void aPrimaryThatIsReadyBeforeTheStandbyHasAppliedWaits() throws Exception {
        hello();
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        pair.standby.onApplied(checkpoint -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        checkpoint(1, page(1, 1));
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        checkpoint(2, page(1, 2));
        assertThat(answer()).as("one is applied, one waits").isInstanceOf(WireMessage.Committed.class);
        checkpoint(3, page(1, 3));
        assertThat(pair.standby.session().status().committedEpoch()).isEqualTo(2);
        go.countDown();
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        assertThat(pair.standby.session().seal().orElseThrow().epoch()).isEqualTo(3);
        assertThat(firstByteOfPage(1)).isEqualTo((byte) 3);
    }

    private static FrameBatch frames(int nic, long first, int length, int bytes) {
        ByteBuffer data = ByteBuffer.allocate(4 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new FrameBatch(nic, first, data.putInt(0, length));
    }

    @Test
    void loggedFramesMayComeAtAnyTime() throws Exception {
        hello();
        writer.write(new WireMessage.Received(frames(0, 1, 80, 80)), 0);
        writer.write(new WireMessage.CheckpointBegin(), 1);
        CheckpointDigest digest = new CheckpointDigest();
        digest.add(writer.write(state(), 1));
        writer.write(new WireMessage.Received(frames(0, 2, 80, 80)), 0);
        digest.add(writer.write(rings(1), 1));
        digest.add(writer.write(new WireMessage.Delivered(List.of(1L, 7L, 7L)), 1));
        writer.write(new WireMessage.CheckpointEnd(3, 0, digest.value()), 1);
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
        assertThat(pair.standby.session().seal()).isPresent();
        assertThat(pair.standby.session().frames().received())
                .singleElement()
                .matches(b -> b.first() == 2 && b.data().remaining() == 84);
    }

    @Test
    void framesOfNoNicAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.Received(frames(1, 1, 80, 80)), 0);
        assertEnded("frames of NIC 1 of 1");
    }

    @Test
    void packetsOfNoNicAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.CheckpointBegin(), 1);
        writer.write(new WireMessage.Held(frames(1 << 30, 0, 80, 80)), 1);
        assertEnded("frames of NIC 1073741824 of 1");
    }

    @Test
    void framesThatAreLongerThanWhatIsThereAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.Received(frames(0, 1, 81, 80)), 0);
        assertEnded("84 bytes that are not frames of a network");
    }

    @Test
    void framesOfNegativeLengthAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.Received(frames(0, 1, -4, 80)), 0);
        assertEnded("84 bytes that are not frames of a network");
    }

    @Test
    void framesThatAreTooLongAreRefused() throws Exception {
        hello();
        int length = FrameBatch.MAX_FRAME_BYTES + 1;
        writer.write(new WireMessage.Received(frames(0, 1, length, length)), 0);
        assertEnded("are not frames of a network");
    }

    @Test
    void tooManyFramesAtOnceAreRefused() throws Exception {
        hello();
        try {
            writer.write(new WireMessage.Received(frames(0, 1, 80, 2 * MIB)), 0);
        } catch (IOException e) {
            assertThat(e).as("the standby hangs up while we are still sending").isNotNull();
        }
        pair.standby.awaitEnded();
        assertThat(pair.standby.last().orElseThrow()).contains("bytes of logged frames at once");
    }

    @Test
    void numbersBeyondAllNumbersAreRefused() throws Exception {
        hello();
        writer.write(new WireMessage.Received(frames(0, Long.MAX_VALUE, 80, 80)), 0);
        assertEnded("frames from number");
    }
}
