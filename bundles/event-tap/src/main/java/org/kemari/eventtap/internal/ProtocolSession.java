package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.Optional;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.EventFd;
import org.kemari.virtio.vhostuser.InflightRegion;
import org.kemari.virtio.vhostuser.VhostUserConnection;
import org.kemari.virtio.vhostuser.VhostUserException;
import org.kemari.virtio.vhostuser.VhostUserFeatures;
import org.kemari.virtio.vhostuser.VhostUserMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one front end says, turned into deeds of the device. The front end waits for the answers, a hypervisor with its
 * global lock held: nothing here does disk I/O.
 */
final class ProtocolSession {
    /** Features that belong to the protocol rather than to a kind of device. */
    static final long GENERAL_FEATURES = VhostUserFeatures.PROTOCOL_FEATURES;

    private static final Logger LOG = LoggerFactory.getLogger(ProtocolSession.class);

    private final TappedDevice device;
    private final FrontEndPort port;
    private final VhostUserConnection connection;
    private final Optional<DirtyBitmap> dirtyPages;

    ProtocolSession(TappedDevice device, VhostUserConnection connection, Optional<DirtyBitmap> dirtyPages) {
        this.device = device;
        this.port = device.port();
        this.connection = connection;
        this.dirtyPages = dirtyPages;
    }

    /** Handles the next message, waiting for it if need be. Returns {@code false} if there will be none. */
    boolean handleNext() throws IOException {
        Optional<VhostUserConnection.Received> received = connection.receive();
        if (received.isEmpty()) {
            return false;
        }
        VhostUserMessage message = received.get().message();
        LOG.trace("{}: {}", device.id, message);
        boolean success = false;
        try {
            success = handle(message);
        } catch (IOException | RuntimeException e) {
            // Descriptors that were not taken over; closing one twice does nothing.
            message.closeDescriptors();
            throw e;
        }
        connection.acknowledge(received.get(), success);
        return true;
    }

    private boolean handle(VhostUserMessage message) throws IOException {
        switch (message.request()) {
            case GET_FEATURES -> connection.replyNumber(message, device.offeredFeatures() | GENERAL_FEATURES);
            case SET_FEATURES -> setFeatures(((VhostUserMessage.SetFeatures) message).features());
            case GET_PROTOCOL_FEATURES -> connection.replyNumber(message, device.offeredProtocolFeatures());
            case SET_PROTOCOL_FEATURES -> setProtocolFeatures((VhostUserMessage.SetProtocolFeatures) message);
            case GET_QUEUE_NUM -> connection.replyNumber(message, device.queueNumber());
            case SET_OWNER, RESET_OWNER -> {}
            case SET_MEM_TABLE -> setMemTable((VhostUserMessage.SetMemTable) message);
            case GET_CONFIG -> getConfig((VhostUserMessage.GetConfig) message);
            case GET_INFLIGHT_FD -> getInflight((VhostUserMessage.GetInflightFd) message);
            case SET_INFLIGHT_FD -> setInflight((VhostUserMessage.SetInflightFd) message);
            case GET_VRING_BASE -> {
                VhostUserMessage.GetVringBase stop = (VhostUserMessage.GetVringBase) message;
                connection.replyVringBase(stop, port.stopRing(stop.ring()));
            }
            case SEND_RARP -> device.announce();
            case NET_SET_MTU -> LOG.debug("{}: the guest's MTU is {}", device.id, message);
            default -> {
                return handleRing(message);
            }
        }
        return true;
    }

    private boolean handleRing(VhostUserMessage message) throws IOException {
        switch (message.request()) {
            case SET_VRING_NUM -> {
                VhostUserMessage.SetVringNum m = (VhostUserMessage.SetVringNum) message;
                port.configure(m.ring(), ring -> ring.size = m.size());
            }
            case SET_VRING_ADDR -> {
                VhostUserMessage.SetVringAddr m = (VhostUserMessage.SetVringAddr) message;
                port.configure(m.ring(), ring -> ring.address(m.descriptorTable(), m.availRing(), m.usedRing()));
            }
            case SET_VRING_BASE -> {
                VhostUserMessage.SetVringBase m = (VhostUserMessage.SetVringBase) message;
                port.configure(m.ring(), ring -> ring.base = m.availIndex());
            }
            case SET_VRING_KICK -> {
                VhostUserMessage.SetVringKick m = (VhostUserMessage.SetVringKick) message;
                if (m.eventFd().isEmpty()) {
                    throw new VhostUserException("ring " + m.ring() + " is to be polled, which is not supported");
                }
                port.startRing(m.ring(), EventFd.adopt(m.eventFd().get()));
            }
            case SET_VRING_CALL -> {
                VhostUserMessage.SetVringCall m = (VhostUserMessage.SetVringCall) message;
                port.setCall(m.ring(), m.eventFd().map(EventFd::adopt));
            }
            case SET_VRING_ERR -> {
                VhostUserMessage.SetVringErr m = (VhostUserMessage.SetVringErr) message;
                port.configure(m.ring(), ring -> ring.setError(m.eventFd().map(EventFd::adopt)));
            }
            case SET_VRING_ENABLE -> {
                VhostUserMessage.SetVringEnable m = (VhostUserMessage.SetVringEnable) message;
                port.enable(m.ring(), m.enabled());
            }
            default -> {
                LOG.debug("{}: not supported: {}", device.id, message);
                message.closeDescriptors();
                return false;
            }
        }
        return true;
    }

    private void setFeatures(long features) throws IOException {
        if ((features & VhostUserFeatures.PROTOCOL_FEATURES) == 0) {
            port.enableAll();
        }
        port.setFeatures(features);
    }

    private void setProtocolFeatures(VhostUserMessage.SetProtocolFeatures message) throws VhostUserException {
        long unknown = message.features() & ~device.offeredProtocolFeatures();
        if (unknown != 0) {
            throw new VhostUserException("protocol features 0x%x were accepted but not offered".formatted(unknown));
        }
    }

    private void setMemTable(VhostUserMessage.SetMemTable message) throws IOException {
        try {
            Optional<MemoryTable> present = port.memoryTable();
            MemoryTable table = MemoryTable.of(message, present, dirtyPages);
            if (present.isEmpty() || present.get() != table) {
                table.countFor(device.domain);
            }
            port.setMemory(table);
        } finally {
            message.closeDescriptors();
        }
    }

    private void getConfig(VhostUserMessage.GetConfig message) throws IOException {
        connection.replyConfig(message, device.configurationSpace());
    }

    private void getInflight(VhostUserMessage.GetInflightFd message) throws IOException {
        InflightRegion region = InflightRegion.create(message.queues(), message.queueSize());
        port.newInflight(region);
        connection.replyInflight(message, region);
    }

    /** The region that is in use comes again after each pause: it must go on being used, with its counters. */
    private void setInflight(VhostUserMessage.SetInflightFd message) throws IOException {
        Optional<InflightRegion> present = port.inflight();
        if (present.isPresent()
                && present.get().offset() == message.mmapOffset()
                && present.get().file().fileId().equals(message.file().fileId())) {
            message.closeDescriptors();
            return;
        }
        port.setInflight(InflightRegion.of(message));
    }
}
