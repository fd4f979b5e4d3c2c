package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.linux.EventFd;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.Poller;
import org.kemari.linux.UnixListener;
import org.kemari.linux.UnixSocket;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.vhostuser.VhostUserFeatures;
import org.kemari.virtio.vhostuser.VhostUserMessage.Request;

/**
 * Plays QEMU for a device: listens on its socket, shares memory that is a real file, kicks and is called through real
 * eventfds, and sends what QEMU sends in the order in which QEMU sends it. Guest memory lies between two guards.
 */
final class FrontEnd implements AutoCloseable {
    static final long GUARD = 1 << 16;
    static final long BASE = 0x10_0000;
    private static final long USER = 0x7f12_0000_0000L;
    private static final byte PATTERN = (byte) 0xa5;
    private static final int NEED_REPLY = 1 << 3;

    final long ramBytes;
    final NativeMemory ram;
    final List<DriverRing> rings = new ArrayList<>();
    final List<Integer> bases = new ArrayList<>();

    private final Fd file;
    private final UnixListener listener;
    private final List<EventFd> kicks = new ArrayList<>();
    private final List<EventFd> calls = new ArrayList<>();
    private final List<EventFd> errors = new ArrayList<>();
    private final boolean block;
    private Optional<UnixSocket> socket = Optional.empty();
    private Optional<Inflight> inflight = Optional.empty();
    long features;

    private record Inflight(Fd file, long size, long offset, int queues, int queueSize) {}

    FrontEnd(Path path, long guestBytes, boolean block) throws IOException {
        this.block = block;
        ramBytes = guestBytes + 2 * GUARD;
        file = Fd.memfd("test-ram", ramBytes);
        ram = NativeMemory.map(file, 0, ramBytes, true);
        ram.fill(0, GUARD, PATTERN);
        ram.fill(ramBytes - GUARD, GUARD, PATTERN);
        listener = UnixListener.bind(path);
    }

    /** Where a guest address is in {@link #ram}. */
    long at(long address) {
        return address - BASE + GUARD;
    }

    boolean guardsIntact() {
        for (long i = 0; i < GUARD; i++) {
            if (ram.getByte(i) != PATTERN || ram.getByte(ramBytes - 1 - i) != PATTERN) {
                return false;
            }
        }
        return true;
    }

    /** A new ring at a guest address. */
    DriverRing addRing(long address, int size, boolean eventIndex) throws IOException {
        DriverRing ring = new DriverRing(ram, BASE - GUARD, address, size, eventIndex, 0);
        rings.add(ring);
        bases.add(0);
        kicks.add(EventFd.create());
        calls.add(EventFd.create());
        errors.add(EventFd.create());
        return ring;
    }

    /** Waits for the back end and does what QEMU does before the guest has a driver. Returns the features offered. */
    long connect() throws IOException {
        UnixSocket accepted = listener.accept();
        socket = Optional.of(accepted);
        long offered = ask(Request.GET_FEATURES.code(), new byte[0]).getLong();
        long protocol = ask(Request.GET_PROTOCOL_FEATURES.code(), new byte[0]).getLong();
        tell(Request.SET_PROTOCOL_FEATURES.code(), longs(protocol));
        ask(Request.GET_QUEUE_NUM.code(), new byte[0]);
        tell(Request.SET_OWNER.code(), new byte[0]);
        return offered;
    }

    byte[] config(int size) throws IOException {
        ByteBuffer request = buffer(12 + size).putInt(0).putInt(size).putInt(0);
        ByteBuffer reply = ask(Request.GET_CONFIG.code(), request.array());
        byte[] space = new byte[size];
        reply.position(12).get(space);
        return space;
    }

    /** The guest's driver is ready, or the guest goes on: what QEMU sends then. */
    void start(long accepted) throws IOException {
        features = accepted;
        if (block) {
            tell(Request.SET_FEATURES.code(), longs(accepted | VhostUserFeatures.PROTOCOL_FEATURES));
            if (inflight.isEmpty()) {
                askForInflight();
            }
            Inflight kept = inflight.orElseThrow();
            ByteBuffer b = buffer(24).putLong(kept.size()).putLong(kept.offset());
            b.putShort((short) kept.queues()).putShort((short) kept.queueSize());
            tell(Request.SET_INFLIGHT_FD.code(), b.array(), kept.file());
        }
        for (int i = 0; i < rings.size(); i++) {
            if (block) {
                tell(Request.SET_VRING_CALL.code(), longs(i), calls.get(i).fd());
            } else {
                tell(Request.SET_VRING_ENABLE.code(), state(i, 1));
            }
            tell(Request.SET_VRING_ERR.code(), longs(i), errors.get(i).fd());
        }
        tell(Request.SET_FEATURES.code(), longs(accepted | VhostUserFeatures.PROTOCOL_FEATURES));
        setMemTable();
        for (int i = 0; i < rings.size(); i++) {
            startRing(i);
        }
        for (int i = 0; block && i < rings.size(); i++) {
            tell(Request.SET_VRING_ENABLE.code(), state(i, 1));
        }
    }

    void startRing(int i) throws IOException {
        RingLayout layout = rings.get(i).layout();
        tell(Request.SET_VRING_NUM.code(), state(i, layout.size()));
        tell(Request.SET_VRING_BASE.code(), state(i, bases.get(i)));
        ByteBuffer b = buffer(40).putInt(i).putInt(0);
        b.putLong(user(layout.descriptorTable()))
                .putLong(user(layout.usedRing()))
                .putLong(user(layout.availRing()))
                .putLong(0);
        tell(Request.SET_VRING_ADDR.code(), b.array());
        tell(Request.SET_VRING_KICK.code(), longs(i), kicks.get(i).fd());
        if (!block) {
            tell(Request.SET_VRING_CALL.code(), longs(i), calls.get(i).fd());
        }
    }

    /** In two regions, as if there were a hole between them that no request may span. */
    void setMemTable() throws IOException {
        long half = (ramBytes - 2 * GUARD) / 2;
        ByteBuffer b = buffer(8 + 2 * 32).putInt(2).putInt(0);
        b.putLong(BASE).putLong(half).putLong(USER).putLong(GUARD);
        b.putLong(BASE + half).putLong(half).putLong(USER + half).putLong(GUARD + half);
        ByteBuffer reply = ask(Request.SET_MEM_TABLE.code(), NEED_REPLY, b.array(), file, file);
        if (reply.getLong() != 0) {
            throw new IOException("memory refused");
        }
    }

    private static long user(long address) {
        return address - BASE + USER;
    }

    private void askForInflight() throws IOException {
        ByteBuffer b = buffer(24).putLong(0).putLong(0);
        b.putShort((short) rings.size()).putShort((short) rings.get(0).layout().size());
        List<Fd> fds = new ArrayList<>();
        send(Request.GET_INFLIGHT_FD.code(), 0, b.array());
        ByteBuffer reply = reply(fds);
        inflight = Optional.of(
                new Inflight(fds.get(0), reply.getLong(), reply.getLong(), reply.getShort(), reply.getShort()));
    }

    /** Pauses the guest: the positions are kept for {@link #start}. */
    List<Integer> stop() throws IOException {
        for (int i = 0; block && i < rings.size(); i++) {
            tell(Request.SET_VRING_ENABLE.code(), state(i, 0));
        }
        for (int i = 0; i < rings.size(); i++) {
            ByteBuffer reply = ask(Request.GET_VRING_BASE.code(), state(i, 0));
            reply.getInt();
            bases.set(i, reply.getInt());
        }
        return List.copyOf(bases);
    }

    /** The guest resets the device: the rings stop, and QEMU forgets. New rings are to be added. */
    void resetDevice() throws IOException {
        stop();
        forget();
    }

    /** QEMU forgets what it knew of the device's rings. */
    void forget() {
        inflight.ifPresent(i -> i.file().close());
        inflight = Optional.empty();
        rings.clear();
        bases.clear();
        closeAll(kicks);
        closeAll(calls);
        closeAll(errors);
    }

    void kick(int ring) throws IOException {
        kicks.get(ring).signal();
    }

    /** Waits for an interrupt. */
    boolean awaitCall(int ring, int timeoutMillis) throws IOException {
        return await(calls.get(ring), timeoutMillis);
    }

    boolean awaitError(int ring, int timeoutMillis) throws IOException {
        return await(errors.get(ring), timeoutMillis);
    }

    private static boolean await(EventFd event, int timeoutMillis) throws IOException {
        try (Poller poller = new Poller()) {
            poller.add(event.fd(), 1);
            long[] tokens = new long[1];
            return poller.await(tokens, timeoutMillis) > 0 && event.drain();
        }
    }

    void disconnect() throws IOException {
        socket.orElseThrow().shutdown();
        socket.orElseThrow().close();
        socket = Optional.empty();
    }

    /** Waits until the back end has closed the connection. */
    void awaitHangUp() throws IOException {
        if (socket.orElseThrow().receive(buffer(1), new ArrayList<>()) >= 0) {
            throw new IOException("the back end has said something");
        }
    }

    /** Copies the memory, as a checkpoint does. */
    void copyMemoryTo(FrontEnd other) {
        NativeMemory.copy(ram, 0, other.ram, 0, ramBytes);
    }

    void tell(int code, byte[] payload, Fd... fds) throws IOException {
        send(code, 0, payload, fds);
    }

    ByteBuffer ask(int code, byte[] payload) throws IOException {
        return ask(code, 0, payload);
    }

    private ByteBuffer ask(int code, int flags, byte[] payload, Fd... fds) throws IOException {
        send(code, flags, payload, fds);
        List<Fd> received = new ArrayList<>();
        return reply(received);
    }

    private void send(int code, int flags, byte[] payload, Fd... fds) throws IOException {
        ByteBuffer b = buffer(12 + payload.length)
                .putInt(code)
                .putInt(1 | flags)
                .putInt(payload.length)
                .put(payload)
                .flip();
        socket.orElseThrow().send(b, fds);
    }

    /** Says anything. */
    void tellRaw(byte[] bytes) throws IOException {
        socket.orElseThrow().send(ByteBuffer.wrap(bytes));
    }

    private ByteBuffer reply(List<Fd> fds) throws IOException {
        ByteBuffer header = receive(12, fds);
        header.position(8);
        return receive(header.getInt(), fds);
    }

    private ByteBuffer receive(int bytes, List<Fd> fds) throws IOException {
        ByteBuffer b = buffer(bytes);
        while (b.hasRemaining()) {
            if (socket.orElseThrow().receive(b, fds) < 0) {
                throw new IOException("the back end has closed the connection");
            }
        }
        return b.flip();
    }

    /** Whether the back end is still there. */
    boolean isAnswered() throws IOException {
        return ask(Request.GET_FEATURES.code(), new byte[0]).getLong() != 0;
    }

    private static byte[] longs(long value) {
        return buffer(8).putLong(value).array();
    }

    private static byte[] state(int ring, int value) {
        return buffer(8).putInt(ring).putInt(value).array();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void closeAll(List<EventFd> events) {
        events.forEach(EventFd::close);
        events.clear();
    }

    @Override
    public void close() {
        forget();
        socket.ifPresent(UnixSocket::close);
        listener.close();
        ram.close();
        file.close();
    }
}
