package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.kemari.api.link.Link;

/** Kemari's frames without waiting: bytes go in as they come, whole frames come out. */
public final class SimulatedWire {
    /** What a writer gathers has gone before the next one begins, so one buffer serves all writers of a thread. */
    private static final ThreadLocal<ByteBuffer> ROOM = ThreadLocal.withInitial(FrameWriter::room);

    private SimulatedWire() {}

    /** Writes frames of a session as bytes. */
    public static FrameWriter writer(String peer, long session, Consumer<byte[]> bytes) {
        return new FrameWriter(new Bytes(peer, bytes), session, ROOM.get());
    }

    /** Takes bytes apart into frames, with the reader that Kemari uses. */
    public static final class Input {
        private final Bytes bytes;
        private final FrameReader reader;

        /** For the side that is called. */
        public Input(String peer) {
            bytes = new Bytes(peer, b -> {});
            reader = new FrameReader(bytes);
        }

        /** For the side that begins. */
        public Input(String peer, long session) {
            bytes = new Bytes(peer, b -> {});
            reader = new FrameReader(bytes, session);
        }

        public void add(byte[] more) {
            bytes.add(more);
        }

        public boolean isEmpty() {
            return bytes.length == 0;
        }

        /** Whether {@link #header} and {@link #payload} would have to wait. */
        public boolean isIncomplete() {
            return bytes.length < FrameHeader.BYTES || bytes.length - FrameHeader.BYTES < bytes.peekInt(8);
        }

        public FrameHeader header() throws java.io.IOException {
            return reader.readHeader();
        }

        public WireMessage payload(FrameHeader header, Limits limits) throws java.io.IOException {
            ByteBuffer payload = ByteBuffer.allocate(header.length());
            reader.readPayload(header, payload);
            return MessageCodec.decode(header.type(), payload, limits);
        }
    }

    private static final class Bytes implements Link {
        private final String peer;
        private final Consumer<byte[]> target;
        private byte[] buffer = new byte[0];
        private int position;
        private int length;

        Bytes(String peer, Consumer<byte[]> target) {
            this.peer = peer;
            this.target = target;
        }

        void add(byte[] more) {
            if (length == 0) {
                buffer = more;
                position = 0;
                length = more.length;
                return;
            }
            byte[] all = Arrays.copyOfRange(buffer, position, position + length + more.length);
            System.arraycopy(more, 0, all, length, more.length);
            buffer = all;
            position = 0;
            length = all.length;
        }

        int peekInt(int offset) {
            return ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).getInt(position + offset);
        }

        @Override
        public String peer() {
            return peer;
        }

        @Override
        public String remoteAddress() {
            return peer;
        }

        @Override
        public int read(ByteBuffer into) {
            if (length == 0) {
                return -1;
            }
            int count = Math.min(length, into.remaining());
            into.put(buffer, position, count);
            position += count;
            length -= count;
            return count;
        }

        @Override
        public void write(ByteBuffer... sources) {
            for (ByteBuffer source : sources) {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                if (bytes.length > 0) {
                    target.accept(bytes);
                }
            }
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // a stream of bytes has nothing to let go of
        }
    }
}
