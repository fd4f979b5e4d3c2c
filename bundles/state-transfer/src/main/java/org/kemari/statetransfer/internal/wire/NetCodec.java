package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.tap.FrameBatch;

/** Payloads that are about the guest's network. */
final class NetCodec {
    private NetCodec() {}

    static ByteBuffer write(PayloadWriter writer, WireMessage.Received received) {
        writer.i32(received.batch().nic()).i64(received.batch().first());
        return received.batch().data();
    }

    static ByteBuffer write(PayloadWriter writer, WireMessage.Held held) {
        writer.i32(held.batch().nic());
        return held.batch().data();
    }

    static void write(PayloadWriter writer, WireMessage.Delivered delivered) {
        writer.i32(delivered.numbers().size());
        delivered.numbers().forEach(writer::i64);
    }

    static WireMessage.Received received(PayloadReader in) throws WireException {
        int nic = in.nonNegativeInt("a NIC's number");
        long first = in.nonNegativeLong("a frame's number");
        ByteBuffer data = in.rest();
        int count = check(data);
        if (first < 1 || first > Long.MAX_VALUE - count) {
            throw new WireException("frames from number " + first);
        }
        return new WireMessage.Received(new FrameBatch(nic, first, data));
    }

    static WireMessage.Held held(PayloadReader in) throws WireException {
        int nic = in.nonNegativeInt("a NIC's number");
        ByteBuffer data = in.rest();
        check(data);
        return new WireMessage.Held(new FrameBatch(nic, 0, data));
    }

    private static int check(ByteBuffer data) throws WireException {
        int count = FrameBatch.count(data);
        if (count < 1) {
            throw new WireException(data.remaining() + " bytes that are not frames of a network");
        }
        return count;
    }

    static WireMessage.Delivered delivered(PayloadReader in) throws WireException {
        int count = in.count(Long.BYTES);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(in.nonNegativeLong("a frame's number"));
        }
        return new WireMessage.Delivered(numbers);
    }
}
