package org.kemari.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.linux.EventFd;
import org.kemari.linux.Fd;
import org.kemari.linux.UnixListener;
import org.kemari.linux.UnixSocket;
import org.kemari.virtio.vhostuser.VhostUserConnection.Received;

/** A front-end that speaks raw bytes, over a real socket. */
class VhostUserConnectionTest {
    @TempDir
    Path dir;

    private UnixListener listener;
    private UnixSocket frontEnd;
    private VhostUserConnection backEnd;

    @BeforeEach
    void connect() throws Exception {
        listener = UnixListener.bind(dir.resolve("v.sock"));
        UnixSocket client = UnixSocket.connect(dir.resolve("v.sock"));
        frontEnd = listener.accept();
        backEnd = new VhostUserConnection(client);
    }

    @AfterEach
    void close() {
        backEnd.close();
        frontEnd.close();
        listener.close();
    }

    private void send(int code, boolean needReply, byte[] payload, Fd... fds) throws Exception {
        ByteBuffer b = ByteBuffer.allocateDirect(12 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        VhostUserHeader.request(code, needReply, payload.length).encode(b);
        frontEnd.send(b.put(payload).flip(), fds);
    }

    private ByteBuffer reply(int code, int payloadBytes, List<Fd> fds) throws Exception {
        ByteBuffer b = ByteBuffer.allocateDirect(12 + payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
        while (b.hasRemaining()) {
            assertThat(frontEnd.receive(b, fds)).isPositive();
        }
        b.flip();
        assertThat(b.getInt(0)).isEqualTo(code);
        assertThat(b.getInt(4)).as("version and reply flag").isEqualTo(5);
        assertThat(b.getInt(8)).isEqualTo(payloadBytes);
        return b.position(12).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    @Test
    void askAndAnswer() throws Exception {
        send(1, true, new byte[0]);
        Received received = backEnd.receive().orElseThrow();
        assertThat(received).isEqualTo(new Received(new VhostUserMessage.GetFeatures(), true));
        backEnd.replyNumber(received.message(), 1L << 32);
        backEnd.acknowledge(received, true);
        assertThat(reply(1, 8, List.of()).getLong()).isEqualTo(1L << 32);

        send(11, false, number(2));
        backEnd.replyVringBase(
                (VhostUserMessage.GetVringBase) backEnd.receive().orElseThrow().message(), 4711);
        ByteBuffer base = reply(11, 8, List.of());
        assertThat(base.getInt()).isEqualTo(2);
        assertThat(base.getInt()).isEqualTo(4711);

        byte[] ask = ByteBuffer.allocate(12 + 60)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8)
                .putInt(60)
                .array();
        send(24, false, ask);
        byte[] space = new byte[32];
        space[8] = 1;
        space[31] = 2;
        backEnd.replyConfig(
                (VhostUserMessage.GetConfig) backEnd.receive().orElseThrow().message(), space);
        ByteBuffer config = reply(24, 72, List.of());
        assertThat(config.getInt(0)).isEqualTo(8);
        assertThat(config.get(12)).isEqualTo((byte) 1);
        assertThat(config.get(12 + 23)).isEqualTo((byte) 2);
        assertThat(config.get(12 + 24)).isZero();
    }

    @Test
    void acknowledgesOnlyWhenAsked() throws Exception {
        send(2, false, number(1));
        backEnd.acknowledge(backEnd.receive().orElseThrow(), true);
        send(2, true, number(1));
        backEnd.acknowledge(backEnd.receive().orElseThrow(), true);
        send(77, true, new byte[3]);
        backEnd.acknowledge(backEnd.receive().orElseThrow(), false);
        assertThat(reply(2, 8, List.of()).getLong()).isZero();
        assertThat(reply(77, 8, List.of()).getLong()).isEqualTo(1);
    }

    @Test
    void descriptorsTravelBothWays() throws Exception {
        try (EventFd event = EventFd.create()) {
            send(12, false, number(1), event.fd());
            VhostUserMessage.SetVringKick kick = (VhostUserMessage.SetVringKick)
                    backEnd.receive().orElseThrow().message();
            try (EventFd same = EventFd.adopt(kick.eventFd().orElseThrow())) {
                event.signal();
                assertThat(same.drain()).isTrue();
            }
        }
        byte[] ask = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(16, (short) 2)
                .putShort(18, (short) 128)
                .array();
        send(31, false, ask);
        VhostUserMessage.GetInflightFd get =
                (VhostUserMessage.GetInflightFd) backEnd.receive().orElseThrow().message();
        List<Fd> fds = new ArrayList<>();
        try (InflightRegion region = InflightRegion.create(get.queues(), get.queueSize())) {
            region.queue(1).recover(5);
            region.queue(1).taken(17);
            backEnd.replyInflight(get, region);
            ByteBuffer answer = reply(31, 24, fds);
            assertThat(answer.getLong(0)).isEqualTo(region.size());
            assertThat(answer.getShort(18)).isEqualTo((short) 128);
            byte[] back = new byte[24];
            answer.get(back);
            send(32, false, back, fds.get(0));
        }
        VhostUserMessage.SetInflightFd set =
                (VhostUserMessage.SetInflightFd) backEnd.receive().orElseThrow().message();
        try (InflightRegion region = InflightRegion.of(set)) {
            assertThat(region.queue(1).recover(5)).containsExactly(17);
            assertThat(region.queue(0).recover(0)).isEmpty();
        }
        fds.forEach(Fd::close);
    }

    @Test
    void inflightMemoryThatIsTooSmallIsRefused() throws Exception {
        Fd file = Fd.memfd("kemari-test", 4096);
        assertThatThrownBy(() -> InflightRegion.of(new VhostUserMessage.SetInflightFd(1 << 20, 0, 4, 256, file)))
                .isInstanceOf(VhostUserException.class)
                .hasMessageContaining("too small");
        assertThat(file.isClosed()).isTrue();
    }

    @Test
    void theEndOfTheConnection() throws Exception {
        send(3, false, new byte[0]);
        frontEnd.close();
        assertThat(backEnd.receive()).isPresent();
        assertThat(backEnd.receive()).isEmpty();
    }

    @Test
    void theEndWithinAMessage() throws Exception {
        ByteBuffer b = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        VhostUserHeader.request(2, false, 8).encode(b);
        b.putInt(1).flip();
        frontEnd.send(b);
        frontEnd.close();
        assertThatThrownBy(() -> backEnd.receive()).hasMessageContaining("ended within a message");
    }

    @Test
    void tooManyDescriptorsAreClosed() throws Exception {
        Fd[] fds = new Fd[9];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = Fd.memfd("kemari-test", 1);
        }
        send(5, false, new byte[8], fds);
        assertThatThrownBy(() -> backEnd.receive()).isInstanceOf(VhostUserException.class);
        for (Fd fd : fds) {
            fd.close();
        }
    }
}
