package org.kemari.virtio.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.linux.Fd;
import org.kemari.virtio.vhostuser.VhostUserMessage.Request;

/** Messages to and from bytes. Stateless. */
public final class VhostUserCodec {
    /** Most memory regions in a message, and so most descriptors that come with one. */
    public static final int MAX_REGIONS = 8;
    /** Largest configuration space. */
    public static final int MAX_CONFIG_BYTES = 256;
    /** Largest index of a ring that fits a message with a descriptor. */
    public static final int MAX_RING_INDEX = 0xff;

    static final int REGION_BYTES = 32;
    static final int CONFIG_HEADER_BYTES = 12;
    /** With the padding at the end that QEMU sends and insists on. */
    static final int INFLIGHT_BYTES = 24;

    private static final int INFLIGHT_UNPADDED_BYTES = 20;
    private static final long NO_FD = 0x100;

    private VhostUserCodec() {}

    /**
     * Reads and checks the payload of a request.
     *
     * @param payload exactly what the header announced
     * @param fds descriptors that came with it; on return they belong to the message, or have been closed
     * @throws VhostUserException if anything about it is wrong; all descriptors have been closed then
     */
    public static VhostUserMessage decode(VhostUserHeader header, ByteBuffer payload, List<Fd> fds)
            throws VhostUserException {
        boolean done = false;
        try {
            VhostUserMessage message =
                    new Reader(Request.of(header.request()), header.request(), payload, fds).message();
            done = !(message instanceof VhostUserMessage.Unsupported);
            return message;
        } finally {
            if (!done) {
                fds.forEach(Fd::close);
            }
        }
    }

    /** One payload on its way to a message. */
    private record Reader(Request request, int code, ByteBuffer payload, List<Fd> fds) {
        private Reader {
            payload = (payload.position() == 0 ? payload : payload.slice()).order(ByteOrder.LITTLE_ENDIAN);
        }

        VhostUserMessage message() throws VhostUserException {
            return switch (request) {
                case UNSUPPORTED -> new VhostUserMessage.Unsupported(code);
                case SET_MEM_TABLE -> memTable();
                case SET_VRING_KICK -> new VhostUserMessage.SetVringKick(ringOfFd(), optionalFd());
                case SET_VRING_CALL -> new VhostUserMessage.SetVringCall(ringOfFd(), optionalFd());
                case SET_VRING_ERR -> new VhostUserMessage.SetVringErr(ringOfFd(), optionalFd());
                case SET_INFLIGHT_FD -> setInflight();
                case SET_BACKEND_REQ_FD -> {
                    expectFds(1);
                    yield new VhostUserMessage.SetBackendRequestFd(fds.get(0));
                }
                default -> {
                    expectFds(0);
                    yield withoutFds();
                }
            };
        }

        private VhostUserMessage withoutFds() throws VhostUserException {
            return switch (request) {
                case GET_FEATURES -> empty(new VhostUserMessage.GetFeatures());
                case SET_FEATURES -> new VhostUserMessage.SetFeatures(number());
                case GET_PROTOCOL_FEATURES -> empty(new VhostUserMessage.GetProtocolFeatures());
                case SET_PROTOCOL_FEATURES -> new VhostUserMessage.SetProtocolFeatures(number());
                case SET_OWNER -> empty(new VhostUserMessage.SetOwner());
                case RESET_OWNER -> empty(new VhostUserMessage.ResetOwner());
                case RESET_DEVICE -> empty(new VhostUserMessage.ResetDevice());
                case GET_QUEUE_NUM -> empty(new VhostUserMessage.GetQueueNum());
                case GET_STATUS -> empty(new VhostUserMessage.GetStatus());
                case SET_STATUS -> new VhostUserMessage.SetStatus((int) number() & 0xff);
                case SEND_RARP -> new VhostUserMessage.SendRarp(number());
                case NET_SET_MTU -> new VhostUserMessage.SetMtu((int) within(number(), 0xffff, "MTU"));
                case GET_CONFIG -> config(false);
                case SET_CONFIG -> config(true);
                case GET_INFLIGHT_FD -> getInflight();
                default -> vring();
            };
        }

        private VhostUserMessage vring() throws VhostUserException {
            if (request == Request.SET_VRING_ADDR) {
                expectBytes(40);
                return new VhostUserMessage.SetVringAddr(
                        ring(payload.getInt(0)),
                        payload.getInt(4),
                        payload.getLong(8),
                        payload.getLong(16),
                        payload.getLong(24),
                        payload.getLong(32));
            }
            expectBytes(8);
            int ring = ring(payload.getInt(0));
            int value = payload.getInt(4);
            return switch (request) {
                case SET_VRING_NUM -> new VhostUserMessage.SetVringNum(ring, value);
                case SET_VRING_BASE -> new VhostUserMessage.SetVringBase(
                        ring, (int) within(value & 0xffffffffL, 0xffff, "ring position"));
                case GET_VRING_BASE -> new VhostUserMessage.GetVringBase(ring);
                case SET_VRING_ENABLE -> new VhostUserMessage.SetVringEnable(
                        ring, within(value & 0xffffffffL, 1, "enable") == 1);
                default -> throw new IllegalStateException("no reader for " + request);
            };
        }

        private VhostUserMessage memTable() throws VhostUserException {
            if (payload.remaining() < 8) {
                throw wrong(payload.remaining() + " bytes");
            }
            int count = (int) within(payload.getInt(0) & 0xffffffffL, MAX_REGIONS, "number of regions");
            expectBytes(8 + count * REGION_BYTES);
            expectFds(count);
            List<VhostUserMessage.SetMemTable.Region> regions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int at = 8 + i * REGION_BYTES;
                long address = payload.getLong(at);
                long size = payload.getLong(at + 8);
                long user = payload.getLong(at + 16);
                long offset = payload.getLong(at + 24);
                boolean sane = size > 0
                        && address >= 0
                        && address <= Long.MAX_VALUE - size
                        && offset >= 0
                        && offset <= Long.MAX_VALUE - size
                        && Long.compareUnsigned(user + size - 1, user) >= 0;
                if (!sane) {
                    throw wrong("region %d of 0x%x bytes at 0x%x, 0x%x in the front-end, 0x%x in its file"
                            .formatted(i, size, address, user, offset));
                }
                regions.add(new VhostUserMessage.SetMemTable.Region(address, size, user, offset, fds.get(i)));
            }
            return new VhostUserMessage.SetMemTable(regions);
        }

        private VhostUserMessage config(boolean write) throws VhostUserException {
            if (payload.remaining() < CONFIG_HEADER_BYTES) {
                throw wrong(payload.remaining() + " bytes");
            }
            long offset = payload.getInt(0) & 0xffffffffL;
            long size = payload.getInt(4) & 0xffffffffL;
            if (size == 0 || offset + size > MAX_CONFIG_BYTES) {
                throw wrong(size + " bytes at " + offset + " of the configuration space");
            }
            expectBytes(CONFIG_HEADER_BYTES + (int) size);
            return write
                    ? new VhostUserMessage.SetConfig((int) offset, (int) size, payload.getInt(8))
                    : new VhostUserMessage.GetConfig((int) offset, (int) size);
        }

        private VhostUserMessage getInflight() throws VhostUserException {
            expectInflightBytes();
            return new VhostUserMessage.GetInflightFd(inflightQueues(), inflightQueueSize());
        }

        private VhostUserMessage setInflight() throws VhostUserException {
            expectInflightBytes();
            expectFds(1);
            long size = payload.getLong(0);
            long offset = payload.getLong(8);
            if (size <= 0 || offset < 0 || offset > Long.MAX_VALUE - size) {
                throw wrong("0x%x bytes at 0x%x".formatted(size, offset));
            }
            return new VhostUserMessage.SetInflightFd(size, offset, inflightQueues(), inflightQueueSize(), fds.get(0));
        }

        private int inflightQueues() throws VhostUserException {
            int queues = payload.getShort(16) & 0xffff;
            if (queues == 0 || queues > MAX_RING_INDEX + 1) {
                throw wrong(queues + " queues");
            }
            return queues;
        }

        private int inflightQueueSize() throws VhostUserException {
            int size = payload.getShort(18) & 0xffff;
            if (size == 0 || size > 32768) {
                throw wrong("queue size " + size);
            }
            return size;
        }

        private void expectInflightBytes() throws VhostUserException {
            if (payload.remaining() != INFLIGHT_UNPADDED_BYTES) {
                expectBytes(INFLIGHT_BYTES);
            }
        }

        private VhostUserMessage empty(VhostUserMessage message) throws VhostUserException {
            expectBytes(0);
            return message;
        }

        private long number() throws VhostUserException {
            expectBytes(8);
            return payload.getLong(0);
        }

        private int ringOfFd() throws VhostUserException {
            return (int) (number() & MAX_RING_INDEX);
        }

        private Optional<Fd> optionalFd() throws VhostUserException {
            boolean none = (number() & NO_FD) != 0;
            expectFds(none ? 0 : 1);
            return none ? Optional.empty() : Optional.of(fds.get(0));
        }

        private int ring(int index) throws VhostUserException {
            return (int) within(index & 0xffffffffL, MAX_RING_INDEX, "ring");
        }

        private long within(long value, long most, String what) throws VhostUserException {
            if (value < 0 || value > most) {
                throw wrong(what + " " + Long.toUnsignedString(value));
            }
            return value;
        }

        private void expectBytes(int bytes) throws VhostUserException {
            if (payload.remaining() != bytes) {
                throw wrong(payload.remaining() + " bytes instead of " + bytes);
            }
        }

        private void expectFds(int count) throws VhostUserException {
            if (fds.size() != count) {
                throw wrong(fds.size() + " descriptors instead of " + count);
            }
        }

        private VhostUserException wrong(String what) {
            return new VhostUserException(request + ": " + what);
        }
    }
}
