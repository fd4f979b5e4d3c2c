package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.FrameFigures;
import org.kemari.api.tap.InFlight;
import org.kemari.virtio.net.NetFeatures;
import org.kemari.virtio.net.NetHeader;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.vhostuser.VhostUserFeatures;

/**
 * A network device. It never has requests in flight: a transmitted frame is written or copied, a received one is in the
 * guest's memory, before the ring is looked at again. All of that is done by the worker under the device's lock; the TAP
 * device never blocks.
 */
final class NetDevice extends TappedDevice {
    private static final long TAP = -1;
    private static final long HELD_BYTES = 64 << 20;
    /** Of the packets that a checkpoint releases, so much goes to the standby: the last ones, which nobody would miss soon. */
    private static final int COPIED_BYTES = 128 << 10;

    private static final int ANNOUNCEMENTS = 5;
    private static final long ANNOUNCEMENT_GAP_MILLIS = 100;

    private final Nic nic;
    private final HeldFrames held = new HeldFrames(domain, HELD_BYTES);
    private final NetTransmitter transmitter;
    private final ReceivedFrames received = new ReceivedFrames();
    private final NetReceiver receiver;
    private final Announcer announcer;
    private final NetTransmitter.Gate gate = new Gate();
    private long free;
    private boolean tapWatched;
    private boolean logsReceived;
    private boolean copiesHeld;
    private long receivedAtPause;
    private ByteBuffer copies = ByteBuffer.allocate(0);
    private long copied;
    private long resent;

    NetDevice(String id, Nic nic, DeviceEvents events) throws IOException {
        super(id, DeviceKind.NET, 2, events);
        this.nic = nic;
        this.transmitter = new NetTransmitter(nic.tap(), held);
        this.receiver = new NetReceiver(nic.tap(), received);
        this.announcer = new Announcer(id, threadName, ANNOUNCEMENTS, ANNOUNCEMENT_GAP_MILLIS, this::sendRarp);
    }

    private final class Gate implements NetTransmitter.Gate {
        @Override
        public long number() {
            return numbering.next();
        }

        @Override
        public boolean holds() {
            return holding;
        }

        @Override
        public void waits(long number) {
            if (holding) {
                noteHeld();
            } else {
                free = number;
            }
        }
    }

    @Override
    long offeredFeatures() {
        return NetFeatures.CSUM
                | NetFeatures.GUEST_CSUM
                | NetFeatures.GUEST_TSO4
                | NetFeatures.GUEST_TSO6
                | NetFeatures.GUEST_ECN
                | NetFeatures.HOST_TSO4
                | NetFeatures.HOST_TSO6
                | NetFeatures.HOST_ECN
                | NetFeatures.MERGEABLE_BUFFERS
                | RingFeatures.INDIRECT_DESC
                | RingFeatures.EVENT_IDX
                | RingFeatures.VERSION_1;
    }

    @Override
    long offeredProtocolFeatures() {
        return VhostUserFeatures.RARP | VhostUserFeatures.NET_MTU;
    }

    @Override
    int queueNumber() {
        return 1;
    }

    @Override
    byte[] configurationSpace() {
        return new byte[0];
    }

    @Override
    void featuresAccepted() throws IOException {
        nic.setGuestFeatures(features);
    }

    // ---- serving ----

    @Override
    boolean serve() throws IOException {
        boolean more = false;
        lock();
        try {
            more = transmitter.letOut(free, holdStats);
            if (!hasOutputsUnderWay()) {
                signalChange();
            }
            more |= transmit();
        } finally {
            unlock();
        }
        giveWay();
        lock();
        try {
            return receive() || more;
        } finally {
            unlock();
        }
    }

    private boolean transmit() {
        Ring ring = rings[NetHeader.TRANSMIT_QUEUE];
        if (!isServed(ring)) {
            return false;
        }
        try {
            ring.queue.disableNotifications();
            boolean more = transmitter.transmitSome(ring, guestMemory(), NetHeader.bytes(features), gate);
            signalIfWanted(ring);
            return more || ring.queue.enableNotifications();
        } catch (RingException e) {
            breakDown("transmit ring: " + e.getMessage());
            return false;
        }
    }

    private boolean receive() throws IOException {
        Ring ring = rings[NetHeader.RECEIVE_QUEUE];
        if (!isServed(ring)) {
            watchTap(false);
            return false;
        }
        try {
            ring.queue.disableNotifications();
            NetReceiver.Outcome outcome = receiver.receive(ring, features);
            signalIfWanted(ring);
            watchTap(outcome != NetReceiver.Outcome.RING_EMPTY);
            return switch (outcome) {
                case TAP_EMPTY -> false;
                case MORE -> true;
                case RING_EMPTY -> receiver.askForBuffers(ring.queue);
            };
        } catch (RingException e) {
            breakDown("receive ring: " + e.getMessage());
            watchTap(false);
            return false;
        }
    }

    private void watchTap(boolean wanted) throws IOException {
        if (wanted != tapWatched) {
            tapWatched = wanted;
            if (wanted) {
                worker.watch(nic.tap().fd(), TAP);
            } else {
                worker.unwatch(nic.tap().fd());
            }
        }
    }

    @Override
    void takeAll(Ring ring) throws RingException {
        if (ring.index == NetHeader.TRANSMIT_QUEUE) {
            transmitter.transmit(ring, guestMemory(), NetHeader.bytes(features), ring.queue.size(), gate);
            signalIfWanted(ring);
        } else {
            receivedAtPause = receiver.delivered();
        }
    }

    // ---- frames for the standby, and from the host that was lost; these take the lock ----

    ReceivedFrames received() {
        return received;
    }

    void copyFrames(boolean ofReceived, boolean ofHeld) {
        lock();
        try {
            logsReceived = ofReceived;
            copiesHeld = ofHeld;
            holdChanges();
        } finally {
            unlock();
        }
    }

    @Override
    void holdChanges() {
        received.turn(holding && logsReceived);
    }

    /** Until the ring is stopped nobody knows better: a frame that comes in between may be repeated. */
    @Override
    void checkpointBegins() {
        receivedAtPause = receiver.delivered();
        received.newEpoch();
    }

    long receivedAtPause() {
        lock();
        try {
            return receivedAtPause;
        } finally {
            unlock();
        }
    }

    /** Packets of the checkpoint whose snapshot has just been taken that have not been let out; valid until the next one. */
    Optional<FrameBatch> heldAtPause(int number) {
        lock();
        try {
            if (!copiesHeld || held.isEmpty()) {
                return Optional.empty();
            }
            if (copies.capacity() == 0) {
                copies = ByteBuffer.allocateDirect(COPIED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            }
            int count = held.copyLast(free, closedUpTo(), copies.clear());
            copied += count;
            return count == 0 ? Optional.empty() : Optional.of(new FrameBatch(number, 0, copies.flip()));
        } finally {
            unlock();
        }
    }

    void replay(FrameBatch batch) {
        lock();
        try {
            for (ByteBuffer frame : batch.frames()) {
                receiver.replay(frame);
            }
        } finally {
            unlock();
        }
        worker.wakeup();
    }

    /** Sends packets that a guest sent before it was lost. */
    void resend(FrameBatch batch) {
        lock();
        try {
            for (ByteBuffer frame : batch.frames()) {
                resend(frame);
            }
        } finally {
            unlock();
        }
        worker.wakeup();
    }

    private void resend(ByteBuffer frame) {
        long number = numbering.next();
        try {
            if (!holding && held.add(frame, number, System.nanoTime())) {
                free = number;
                resent++;
            }
        } catch (IOException e) {
            log.warn("{}: a packet of the last checkpoint is not sent", id, e);
        }
    }

    // ---- nothing is ever in flight ----

    @Override
    boolean isQuiet() {
        return true;
    }

    @Override
    boolean isDrained(Ring ring) {
        return true;
    }

    @Override
    List<InFlight> inFlight(Ring ring) {
        return List.of();
    }

    @Override
    void resubmit(Ring ring, int head) throws RingException {
        throw new RingException("a network device has nothing in flight");
    }

    @Override
    void resumed(Ring ring) {
        // nothing was left over
    }

    /** Frames that are held have left the guest: they stay. */
    @Override
    void dropInFlight() {
        receiver.reset();
    }

    @Override
    boolean hasInFlight() {
        return false;
    }

    // ---- holding ----

    @Override
    void letOut(long sequence) {
        free = Math.max(free, sequence);
        if (!held.isEmpty() && held.firstSequence() <= free) {
            worker.wakeup();
        }
    }

    @Override
    boolean hasOutputsUnderWay() {
        return !held.isEmpty() && held.firstSequence() <= free;
    }

    @Override
    boolean hasHeldAfter(long sequence) {
        return held.countAfter(Math.max(sequence, free)) > 0;
    }

    @Override
    int held() {
        return held.countAfter(free);
    }

    @Override
    boolean canHaveInFlight() {
        return false;
    }

    // ---- the network ----

    void activate() throws IOException {
        nic.setUp(true);
    }

    @Override
    void announce() {
        announcer.announce();
    }

    private void sendRarp() throws IOException {
        lock();
        try {
            nic.sendRarp();
        } finally {
            unlock();
        }
    }

    @Override
    DeviceStatus status(String state) {
        return new DeviceStatus(
                id,
                DeviceKind.NET,
                connected,
                state,
                holding,
                false,
                0,
                held(),
                receiver.frames,
                transmitter.frames,
                0,
                receiver.bytes,
                transmitter.bytes,
                receiver.dropped + transmitter.dropped,
                transmitter.errors,
                new FrameFigures(received.logged(), received.notLogged(), copied, receiver.replayed, resent),
                holdStats.summary());
    }

    @Override
    public void close() {
        announcer.close();
        super.close();
        transmitter.close();
        receiver.close();
        held.close();
        nic.close();
    }
}
