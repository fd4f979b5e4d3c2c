package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a real TAP device: needs root and iproute2. */
class TapDeviceTest {
    private static final int HEADER = 12;
    private static final byte[] ARP_REQUEST = HexFormat.of()
            .parseHex("ffffffffffff" + "525400123456" + "0806" + "0001080006040001" + "525400123456" + "c6130a02"
                    + "000000000000" + "c6130a01");

    private final String suffix = Long.toString(ProcessHandle.current().pid() % 100_000);
    private final String name = "kmt" + suffix;
    private final String bridge = "kmb" + suffix;

    @BeforeEach
    void needsRoot() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        assumeTrue(Files.isExecutable(Path.of("/sbin/ip")) || Files.isExecutable(Path.of("/usr/sbin/ip")), "needs ip");
        try {
            TapDevice.open(name).close();
        } catch (LinuxException e) {
            assumeTrue(e.errno() != LinuxException.EPERM, "needs CAP_NET_ADMIN");
            throw e;
        }
    }

    @AfterEach
    void clean() throws Exception {
        if (exists(bridge)) {
            ip("link", "del", bridge);
        }
    }

    @Test
    void framesGoInAndOut() throws Exception {
        try (TapDevice tap = TapDevice.open(name);
                Poller poller = new Poller();
                NativeMemory memory = NativeMemory.allocate(4096);
                IoVectors vectors = new IoVectors(4)) {
            tap.setVnetHeaderSize(HEADER);
            tap.setOffloads(true, true, true, true, false);
            tap.setMtu(1400);
            tap.setMac(HexFormat.of().parseHex("525400aabbcc"));
            ip("addr", "add", "198.19.10.1/30", "dev", name);
            tap.setUp(true);
            assertThat(Files.readString(link(name, "mtu")).strip()).isEqualTo("1400");
            assertThat(Files.readString(link(name, "address")).strip()).isEqualTo("52:54:00:aa:bb:cc");

            memory.copyFrom(100, ByteBuffer.wrap(ARP_REQUEST));
            vectors.add(memory, 0, HEADER);
            vectors.add(memory, 100, 20);
            vectors.add(memory, 120, ARP_REQUEST.length - 20);
            assertThat(tap.write(vectors)).isEqualTo(HEADER + ARP_REQUEST.length);

            poller.add(tap.fd(), 1);
            vectors.clear();
            vectors.add(memory, 1000, 2000);
            boolean answered = false;
            while (!answered && poller.await(new long[1], 10_000) == 1) {
                int length = tap.read(vectors);
                // The kernel sends frames of its own too; ours is the ARP reply to the address that asked.
                answered = length >= HEADER + 42
                        && memory.getShort(1000 + HEADER + 12) == 0x0608
                        && memory.getShort(1000 + HEADER + 20) == 0x0200
                        && memory.getInt(1000 + HEADER + 38) == 0x020a13c6;
            }
            assertThat(answered).isTrue();
        }
        assertThat(exists(name)).as("gone when closed").isFalse();
    }

    @Test
    void nothingWaitsOnAQuietDevice() throws Exception {
        try (TapDevice tap = TapDevice.open(name);
                NativeMemory memory = NativeMemory.allocate(4096);
                IoVectors vectors = new IoVectors(1)) {
            vectors.add(memory, 0, 4096);
            assertThat(tap.read(vectors)).isEqualTo(-1);
            LinuxException down = catchThrowableOfType(LinuxException.class, () -> tap.write(vectors));
            assertThat(down.errno()).isEqualTo(LinuxException.EIO);
        }
    }

    @Test
    void joinsAndLeavesABridge() throws Exception {
        ip("link", "add", bridge, "type", "bridge");
        try (TapDevice tap = TapDevice.open(name)) {
            tap.joinBridge(bridge);
            assertThat(Files.exists(link(bridge, "brif/" + name))).isTrue();
            assertThatThrownBy(() -> tap.joinBridge(bridge)).hasMessageContaining("in a bridge already");
            tap.leaveBridge(bridge);
            assertThat(Files.exists(link(bridge, "brif/" + name))).isFalse();
            assertThatThrownBy(() -> tap.joinBridge("nobridge" + suffix))
                    .hasMessageContaining("ip link add nobridge" + suffix + " type bridge");
        }
    }

    @Test
    void errorsSayWhatToDo() throws Exception {
        try (TapDevice tap = TapDevice.open(name)) {
            assertThat(tap.name()).isEqualTo(name);
            assertThatThrownBy(() -> TapDevice.open(name)).hasMessageContaining("another process has it");
        }
        assertThatThrownBy(() -> TapDevice.open("lo")).hasMessageContaining("of another kind");
        assertThatThrownBy(() -> TapDevice.open("x".repeat(16))).hasMessageContaining("ENAMETOOLONG");
    }

    private static boolean exists(String device) {
        return Files.exists(Path.of("/sys/class/net/" + device));
    }

    private static Path link(String device, String attribute) {
        return Path.of("/sys/class/net/" + device, attribute);
    }

    private static void ip(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
