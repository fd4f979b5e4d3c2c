package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;

/** Payloads of messages that say what has changed. Whatever is read is checked to stay within what it is for. */
final class DeltaCodec {
    private DeltaCodec() {}

    static ByteBuffer write(PayloadWriter writer, ByteBuffer out, WireMessage.PageDeltas deltas) {
        writer.i32(deltas.entries().remaining() / PageDelta.BYTES);
        out.put(deltas.entries().duplicate());
        return deltas.data();
    }

    static ByteBuffer write(PayloadWriter writer, WireMessage.StateDelta delta) {
        writer.i32(delta.base()).i32(delta.total()).i32(delta.crc());
        return delta.data();
    }

    static WireMessage pages(PayloadReader in, Limits limits) throws WireException {
        ByteBuffer entries = in.bytes(in.count(PageDelta.BYTES) * PageDelta.BYTES);
        ByteBuffer data = in.rest();
        int at = 0;
        for (int i = 0; i < PageDelta.count(entries); i++) {
            int length = PageDelta.length(entries, i);
            if (PageDelta.page(entries, i) >= limits.memoryPages()) {
                throw new WireException("a delta for page " + PageDelta.page(entries, i) + " of a guest with "
                        + limits.memoryPages() + " pages");
            }
            if (length < 0 || length > data.remaining() - at) {
                throw new WireException("a delta of " + Integer.toUnsignedLong(length) + " bytes, of which "
                        + (data.remaining() - at) + " are there");
            }
            Deltas.check(data, at, length, PageRuns.PAGE_BYTES);
            at += length;
        }
        if (at != data.remaining()) {
            throw new WireException("a frame has " + (data.remaining() - at) + " bytes more than its deltas");
        }
        return new WireMessage.PageDeltas(entries, data);
    }

    static WireMessage state(PayloadReader in) throws WireException {
        int base = in.nonNegativeInt("the size of a device state");
        int total = in.nonNegativeInt("the size of a device state");
        int crc = in.i32();
        ByteBuffer data = in.rest();
        int most = MessageCodec.MAX_DEVICE_STATE;
        int rest = total - WireMessage.StateDelta.common(base, total);
        if (base > most || total > most || data.remaining() < rest) {
            throw new WireException("a delta of " + data.remaining() + " bytes from a device state of " + base
                    + " bytes to one of " + total + ", allowed are " + most);
        }
        Deltas.check(data, 0, data.remaining() - rest, WireMessage.StateDelta.common(base, total));
        return new WireMessage.StateDelta(base, total, crc, data);
    }
}
