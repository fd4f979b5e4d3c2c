package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskExtents;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** What a standby makes of what a primary says about disks, in order and out of order. */
@Timeout(30)
class DiskProtocolTest {
    private static final int MIB = 1 << 20;
    private static final int EXTENTS = MIB / DiskExtents.EXTENT_BYTES;

    private TestPair pair;
    private TestLink[] ends;
    private FrameWriter writer;
    private FrameReader reader;
    private Thread acceptor;

    @BeforeEach
    void open() throws IOException {
        pair = new TestPair(4 * MIB, MIB, TransferSettings.DEFAULT, 1);
        ends = TestLink.pair();
        TransferAcceptor transfer =
                new TransferAcceptor(() -> Optional.of(pair.standby), () -> TransferSettings.DEFAULT);
        acceptor = new Thread(() -> {
            transfer.accepted(ends[1]);
            ends[1].close();
        });
        acceptor.setDaemon(true);
        acceptor.start();
        writer = new FrameWriter(ends[0], TestPair.SESSION);
        reader = new FrameReader(ends[0], TestPair.SESSION);
        writer.write(new WireMessage.Hello(pair.identity(), 3, 0, Optional.empty(), List.of(DiskBase.NONE)), 0);
        assertThat(answer()).isInstanceOfSatisfying(WireMessage.Accept.class, accept -> assertThat(accept.plans())
                .containsExactly(DiskPlan.COMPARE));
    }

    @AfterEach
    void close() throws Exception {
        ends[0].close();
        acceptor.join();
        pair.close();
    }

    private WireMessage answer() throws IOException {
        FrameHeader header = reader.readHeader();
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, new Limits(1024, List.of((long) MIB)));
    }

    private void assertEnded(String reason) throws IOException {
        assertThat(answer()).isInstanceOfSatisfying(WireMessage.Error.class, error -> assertThat(error.reason())
                .contains(reason));
    }

    private void checkpoint(long epoch) throws IOException {
        CheckpointDigest digest = new CheckpointDigest();
        writer.write(new WireMessage.CheckpointBegin(), epoch);
        digest.add(writer.write(new WireMessage.DeviceState(0, 8, ByteBuffer.allocateDirect(8)), epoch));
        digest.add(writer.write(new WireMessage.Rings(TestTap.snapshotOf(epoch, pair.memoryBytes)), epoch));
        writer.write(new WireMessage.CheckpointEnd(2, 0, digest.value()), epoch);
        assertThat(answer()).isInstanceOf(WireMessage.Committed.class);
    }

    private static ByteBuffer digests(int count) {
        return ByteBuffer.allocateDirect(count * DiskExtents.DIGEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void digestsAreAnsweredExtentByExtent() throws IOException {
        byte[] content =
                java.nio.file.Files.readAllBytes(pair.west.disks().get(0).path());
        ByteBuffer all = digests(EXTENTS);
        try (NativeMemory extent = NativeMemory.allocate(DiskExtents.EXTENT_BYTES)) {
            ExtentDigests sha = new ExtentDigests();
            for (int i = 0; i < EXTENTS; i++) {
                content[i * DiskExtents.EXTENT_BYTES + i] ^= (byte) (i % 5 == 0 ? 1 : 0);
                extent.copyFrom(0, ByteBuffer.wrap(content, i * DiskExtents.EXTENT_BYTES, DiskExtents.EXTENT_BYTES));
                all.put(sha.of(extent, 0, DiskExtents.EXTENT_BYTES));
            }
        }
        writer.write(new WireMessage.DiskDigests(0, 0, all.flip()), 0);
        assertThat(answer()).isInstanceOfSatisfying(WireMessage.DiskDiffers.class, differs -> {
            assertThat(differs.firstExtent()).isZero();
            assertThat(differs.bits().getShort() & 0xffff).isEqualTo(0b1000_0100_0010_0001);
        });
    }

    @Test
    void digestsBeyondTheDiskEndTheSession() throws IOException {
        writer.write(new WireMessage.DiskDigests(0, EXTENTS - 1, digests(2)), 0);
        assertEnded("extents");
    }

    @Test
    void digestsBetweenCheckpointsEndTheSession() throws IOException {
        checkpoint(1);
        writer.write(new WireMessage.DiskDigests(0, 0, digests(1)), 0);
        assertEnded("between checkpoints");
    }

    @Test
    void anEpochIsSettledOnceItIsApplied() throws IOException {
        checkpoint(1);
        checkpoint(2);
        writer.write(new WireMessage.Settle(), 2);
        assertThat(answer()).isInstanceOf(WireMessage.Settled.class);
        writer.write(new WireMessage.Settled(), 2);
        checkpoint(3);
    }

    @Test
    void whatIsNotTheLastCheckpointIsNotSettled() throws IOException {
        checkpoint(1);
        writer.write(new WireMessage.Settle(), 2);
        assertEnded("is to be settled after checkpoint 1");
    }

    @Test
    void nothingIsSettledUnasked() throws IOException {
        checkpoint(1);
        writer.write(new WireMessage.Settled(), 1);
        assertEnded("was to be settled");
    }

    @Test
    void nothingIsSettledBeforeThereIsACheckpoint() throws IOException {
        writer.write(new WireMessage.Settle(), 0);
        assertEnded("is to be settled");
    }
}
