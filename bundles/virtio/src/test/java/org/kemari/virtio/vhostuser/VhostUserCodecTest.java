package org.kemari.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.linux.Fd;

class VhostUserCodecTest {
    private static VhostUserMessage decode(int code, byte[] payload, List<Fd> fds) throws VhostUserException {
        return VhostUserCodec.decode(
                VhostUserHeader.request(code, false, payload.length), ByteBuffer.wrap(payload), fds);
    }

    private static VhostUserMessage decode(int code, byte[] payload) throws VhostUserException {
        return decode(code, payload, List.of());
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] number(long value) {
        return bytes(8).putLong(value).array();
    }

    private static byte[] pair(int first, int second) {
        return bytes(8).putInt(first).putInt(second).array();
    }

    private static List<Fd> files(int count) throws IOException {
        List<Fd> fds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fds.add(Fd.memfd("kemari-test", 4096));
        }
        return fds;
    }

    @Test
    void simpleMessages() throws Exception {
        assertThat(decode(1, new byte[0])).isEqualTo(new VhostUserMessage.GetFeatures());
        assertThat(decode(2, number(-5))).isEqualTo(new VhostUserMessage.SetFeatures(-5));
        assertThat(decode(3, new byte[0])).isEqualTo(new VhostUserMessage.SetOwner());
        assertThat(decode(4, new byte[0])).isEqualTo(new VhostUserMessage.ResetOwner());
        assertThat(decode(8, pair(3, 256))).isEqualTo(new VhostUserMessage.SetVringNum(3, 256));
        assertThat(decode(10, pair(3, 65_535))).isEqualTo(new VhostUserMessage.SetVringBase(3, 65_535));
        assertThat(decode(11, pair(1, 99))).isEqualTo(new VhostUserMessage.GetVringBase(1));
        assertThat(decode(15, new byte[0])).isEqualTo(new VhostUserMessage.GetProtocolFeatures());
        assertThat(decode(16, number(9))).isEqualTo(new VhostUserMessage.SetProtocolFeatures(9));
        assertThat(decode(17, new byte[0])).isEqualTo(new VhostUserMessage.GetQueueNum());
        assertThat(decode(18, pair(255, 1))).isEqualTo(new VhostUserMessage.SetVringEnable(255, true));
        assertThat(decode(19, number(7))).isEqualTo(new VhostUserMessage.SendRarp(7));
        assertThat(decode(20, number(1500))).isEqualTo(new VhostUserMessage.SetMtu(1500));
        assertThat(decode(34, new byte[0])).isEqualTo(new VhostUserMessage.ResetDevice());
        assertThat(decode(39, number(0x0f))).isEqualTo(new VhostUserMessage.SetStatus(15));
        assertThat(decode(40, new byte[0])).isEqualTo(new VhostUserMessage.GetStatus());
        assertThat(decode(24, bytes(72).putInt(0).putInt(60).array())).isEqualTo(new VhostUserMessage.GetConfig(0, 60));
        assertThat(decode(25, bytes(13).putInt(32).putInt(1).putInt(2).array()))
                .isEqualTo(new VhostUserMessage.SetConfig(32, 1, 2));
        assertThat(decode(
                        31,
                        bytes(24)
                                .putShort(16, (short) 4)
                                .putShort(18, (short) 128)
                                .array()))
                .isEqualTo(new VhostUserMessage.GetInflightFd(4, 128));
        assertThat(decode(
                        9,
                        bytes(40)
                                .putInt(2)
                                .putInt(1)
                                .putLong(10)
                                .putLong(20)
                                .putLong(30)
                                .putLong(40)
                                .array()))
                .isEqualTo(new VhostUserMessage.SetVringAddr(2, 1, 10, 20, 30, 40));
    }

    @Test
    void messagesWithDescriptors() throws Exception {
        List<Fd> fds = files(1);
        VhostUserMessage kick = decode(12, number(5), fds);
        assertThat(kick).isEqualTo(new VhostUserMessage.SetVringKick(5, java.util.Optional.of(fds.get(0))));
        assertThat(fds.get(0).isClosed()).isFalse();
        kick.closeDescriptors();
        assertThat(fds.get(0).isClosed()).isTrue();
        assertThat(decode(13, number(0x105)))
                .isEqualTo(new VhostUserMessage.SetVringCall(5, java.util.Optional.empty()));

        List<Fd> two = files(2);
        ByteBuffer table = bytes(8 + 64).putInt(2).putInt(0);
        table.putLong(0).putLong(4096).putLong(0x7f00).putLong(0);
        table.putLong(1L << 32).putLong(8192).putLong(0x9f00).putLong(4096);
        VhostUserMessage.SetMemTable memory = (VhostUserMessage.SetMemTable) decode(5, table.array(), two);
        assertThat(memory.regions())
                .containsExactly(
                        new VhostUserMessage.SetMemTable.Region(0, 4096, 0x7f00, 0, two.get(0)),
                        new VhostUserMessage.SetMemTable.Region(1L << 32, 8192, 0x9f00, 4096, two.get(1)));
        memory.closeDescriptors();
        assertThat(two).allMatch(Fd::isClosed);
    }

    @Test
    void aMessageThatIsRefusedLeavesNoDescriptorOpen() throws Exception {
        assertRefused(12, number(0x100), 1, "1 descriptors instead of 0");
        assertRefused(12, number(0), 0, "0 descriptors instead of 1");
        assertRefused(12, number(0), 2, "2 descriptors");
        assertRefused(1, new byte[0], 1, "GET_FEATURES: 1 descriptors");
        assertRefused(21, new byte[0], 0, "SET_BACKEND_REQ_FD");
        assertRefused(5, bytes(8).putInt(9).array(), 9, "number of regions 9");
        assertRefused(5, bytes(8 + 32).putInt(2).array(), 2, "40 bytes instead of 72");
        assertRefused(5, bytes(8 + 32).putInt(1).array(), 1, "region 0 of 0x0 bytes");
        ByteBuffer wraps = bytes(8 + 32)
                .putInt(1)
                .putInt(0)
                .putLong(0)
                .putLong(4096)
                .putLong(-4095)
                .putLong(0);
        assertRefused(5, wraps.array(), 1, "in the front-end");
        assertRefused(32, bytes(24).putLong(0, 64).putLong(8, Long.MAX_VALUE).array(), 1, "SET_INFLIGHT_FD");
    }

    @Test
    void wrongSizesAndValues() throws Exception {
        assertRefused(2, new byte[7], 0, "7 bytes instead of 8");
        assertRefused(8, pair(256, 8), 0, "ring 256");
        assertRefused(10, pair(0, 65_536), 0, "ring position 65536");
        assertRefused(18, pair(0, 2), 0, "enable 2");
        assertRefused(20, number(65_536), 0, "MTU");
        assertRefused(24, bytes(12).putInt(0).putInt(0).array(), 0, "configuration space");
        assertRefused(24, bytes(12).putInt(200).putInt(57).array(), 0, "configuration space");
        assertRefused(24, bytes(12).putInt(-1).putInt(1).array(), 0, "configuration space");
        assertRefused(31, bytes(24).array(), 0, "0 queues");
        assertRefused(
                31,
                bytes(24).putShort(16, (short) 1).putShort(18, (short) 32_769).array(),
                0,
                "queue size 32769");
    }

    private static void assertRefused(int code, byte[] payload, int files, String reason) throws IOException {
        List<Fd> fds = files(files);
        assertThatThrownBy(() -> decode(code, payload, fds))
                .isInstanceOf(VhostUserException.class)
                .hasMessageContaining(reason);
        assertThat(fds).allMatch(Fd::isClosed);
    }

    @Test
    void whatIsNotSupportedIsNamedAndItsDescriptorsAreClosed() throws Exception {
        for (int code : new int[] {0, 6, 7, 22, 36, 37, 99, -1}) {
            List<Fd> fds = files(1);
            assertThat(decode(code, new byte[16], fds)).isEqualTo(new VhostUserMessage.Unsupported(code));
            assertThat(fds.get(0).isClosed()).isTrue();
        }
    }

    @Test
    void headers() throws Exception {
        ByteBuffer b = bytes(12);
        VhostUserHeader.request(24, true, 72).encode(b);
        assertThat(VhostUserHeader.decodeRequest(b.flip())).isEqualTo(new VhostUserHeader(24, 9, 72));
        assertHeaderRefused(1, 0, 0, "version 0");
        assertHeaderRefused(1, 2, 0, "version 2");
        assertHeaderRefused(1, 5, 0, "a reply to nothing");
        assertHeaderRefused(1, 1, 513, "513 bytes");
        assertHeaderRefused(1, 1, -1, "4294967295 bytes");
    }

    private static void assertHeaderRefused(int request, int flags, int size, String reason) {
        ByteBuffer b = bytes(12).putInt(request).putInt(flags).putInt(size).flip();
        assertThatThrownBy(() -> VhostUserHeader.decodeRequest(b))
                .isInstanceOf(VhostUserException.class)
                .hasMessageContaining(reason);
    }
}
