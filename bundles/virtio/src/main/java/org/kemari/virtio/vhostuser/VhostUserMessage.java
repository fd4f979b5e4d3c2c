package org.kemari.virtio.vhostuser;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.linux.Fd;

/**
 * A request of the front-end. Descriptors in it belong to whoever received it: they must be closed, also when the request
 * is refused ({@link #closeDescriptors}).
 */
public sealed interface VhostUserMessage {
    /** Number of the request. */
    Request request();

    /** Closes the descriptors that came with it. */
    default void closeDescriptors() {}

    record GetFeatures() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_FEATURES;
        }
    }

    /** @param features virtio features that the driver accepted, with those of vhost-user */
    record SetFeatures(long features) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_FEATURES;
        }
    }

    record GetProtocolFeatures() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_PROTOCOL_FEATURES;
        }
    }

    record SetProtocolFeatures(long features) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_PROTOCOL_FEATURES;
        }
    }

    record SetOwner() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_OWNER;
        }
    }

    /** Deprecated in the protocol; to be ignored, or taken as a reset. */
    record ResetOwner() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.RESET_OWNER;
        }
    }

    record ResetDevice() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.RESET_DEVICE;
        }
    }

    /** @param regions guest memory, at most 8 regions */
    record SetMemTable(List<Region> regions) implements VhostUserMessage {
        /**
         * A region of guest memory.
         *
         * @param guestAddress guest-physical
         * @param size in bytes, more than 0
         * @param userAddress in the front-end's process
         * @param mmapOffset where it begins in the file
         * @param file what to map
         */
        public record Region(long guestAddress, long size, long userAddress, long mmapOffset, Fd file) {
            public Region {
                Objects.requireNonNull(file);
            }
        }

        public SetMemTable {
            regions = List.copyOf(regions);
        }

        @Override
        public Request request() {
            return Request.SET_MEM_TABLE;
        }

        @Override
        public void closeDescriptors() {
            regions.forEach(r -> r.file().close());
        }
    }

    /**
     * @param ring index of the ring
     * @param size number of descriptors; checked when the ring is started
     */
    record SetVringNum(int ring, int size) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_NUM;
        }
    }

    /**
     * Where a ring is, in addresses of the front-end's process.
     *
     * @param ring index of the ring
     * @param flags bit 0: writes to the used ring are to be logged
     * @param log guest-physical address for that
     */
    record SetVringAddr(int ring, int flags, long descriptorTable, long usedRing, long availRing, long log)
            implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_ADDR;
        }
    }

    /**
     * @param ring index of the ring
     * @param availIndex next entry of the available ring to take, 0 to 65535
     */
    record SetVringBase(int ring, int availIndex) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_BASE;
        }
    }

    /**
     * Stops a ring and asks for its position.
     *
     * @param ring index of the ring
     */
    record GetVringBase(int ring) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_VRING_BASE;
        }
    }

    /**
     * Starts a ring.
     *
     * @param ring index of the ring
     * @param eventFd signalled by the driver; empty: the ring is to be polled
     */
    record SetVringKick(int ring, Optional<Fd> eventFd) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_KICK;
        }

        @Override
        public void closeDescriptors() {
            eventFd.ifPresent(Fd::close);
        }
    }

    /**
     * @param ring index of the ring
     * @param eventFd to signal the driver with; empty: it polls
     */
    record SetVringCall(int ring, Optional<Fd> eventFd) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_CALL;
        }

        @Override
        public void closeDescriptors() {
            eventFd.ifPresent(Fd::close);
        }
    }

    /**
     * @param ring index of the ring
     * @param eventFd to signal that the ring is broken
     */
    record SetVringErr(int ring, Optional<Fd> eventFd) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_ERR;
        }

        @Override
        public void closeDescriptors() {
            eventFd.ifPresent(Fd::close);
        }
    }

    /** @param ring index of the ring */
    record SetVringEnable(int ring, boolean enabled) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_VRING_ENABLE;
        }
    }

    record GetQueueNum() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_QUEUE_NUM;
        }
    }

    /**
     * @param offset in the configuration space
     * @param size in bytes; offset and size together at most 256
     */
    record GetConfig(int offset, int size) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_CONFIG;
        }
    }

    /** The driver, or a migration, writes the configuration space. Not supported by the devices of Kemari. */
    record SetConfig(int offset, int size, int flags) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_CONFIG;
        }
    }

    /**
     * The front-end asks for memory to keep in-flight requests in.
     *
     * @param queues number of queues
     * @param queueSize number of descriptors of each
     */
    record GetInflightFd(int queues, int queueSize) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_INFLIGHT_FD;
        }
    }

    /** The front-end gives back the memory that keeps the in-flight requests. */
    record SetInflightFd(long mmapSize, long mmapOffset, int queues, int queueSize, Fd file)
            implements VhostUserMessage {
        public SetInflightFd {
            Objects.requireNonNull(file);
        }

        @Override
        public Request request() {
            return Request.SET_INFLIGHT_FD;
        }

        @Override
        public void closeDescriptors() {
            file.close();
        }
    }

    /** @param channel socket for requests in the other direction */
    record SetBackendRequestFd(Fd channel) implements VhostUserMessage {
        public SetBackendRequestFd {
            Objects.requireNonNull(channel);
        }

        @Override
        public Request request() {
            return Request.SET_BACKEND_REQ_FD;
        }

        @Override
        public void closeDescriptors() {
            channel.close();
        }
    }

    /** @param mac the address to announce, in the order of transmission from the lowest byte on */
    record SendRarp(long mac) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SEND_RARP;
        }
    }

    /** @param mtu in bytes */
    record SetMtu(int mtu) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.NET_SET_MTU;
        }
    }

    /** @param status virtio device status (virtio 1.2, 2.1) */
    record SetStatus(int status) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.SET_STATUS;
        }
    }

    record GetStatus() implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.GET_STATUS;
        }
    }

    /**
     * A request that is not supported here, for instance logging of written pages. Its descriptors have been closed.
     *
     * @param code its number
     */
    record Unsupported(int code) implements VhostUserMessage {
        @Override
        public Request request() {
            return Request.UNSUPPORTED;
        }
    }

    /** The requests that are supported. */
    enum Request {
        GET_FEATURES(1),
        SET_FEATURES(2),
        SET_OWNER(3),
        RESET_OWNER(4),
        SET_MEM_TABLE(5),
        SET_VRING_NUM(8),
        SET_VRING_ADDR(9),
        SET_VRING_BASE(10),
        GET_VRING_BASE(11),
        SET_VRING_KICK(12),
        SET_VRING_CALL(13),
        SET_VRING_ERR(14),
        GET_PROTOCOL_FEATURES(15),
        SET_PROTOCOL_FEATURES(16),
        GET_QUEUE_NUM(17),
        SET_VRING_ENABLE(18),
        SEND_RARP(19),
        NET_SET_MTU(20),
        SET_BACKEND_REQ_FD(21),
        GET_CONFIG(24),
        SET_CONFIG(25),
        GET_INFLIGHT_FD(31),
        SET_INFLIGHT_FD(32),
        RESET_DEVICE(34),
        SET_STATUS(39),
        GET_STATUS(40),
        UNSUPPORTED(0);

        private final int code;

        Request(int code) {
            this.code = code;
        }

        /** Its number on the wire. */
        public int code() {
            return code;
        }

        /** Whether the protocol demands an answer of its own, so that no acknowledgement is sent. */
        public boolean hasReply() {
            return switch (this) {
                case GET_FEATURES,
                        GET_VRING_BASE,
                        GET_PROTOCOL_FEATURES,
                        GET_QUEUE_NUM,
                        GET_CONFIG,
                        GET_INFLIGHT_FD,
                        GET_STATUS -> true;
                default -> false;
            };
        }

        static Request of(int code) {
            for (Request request : values()) {
                if (request.code == code) {
                    return request;
                }
            }
            return UNSUPPORTED;
        }
    }
}
