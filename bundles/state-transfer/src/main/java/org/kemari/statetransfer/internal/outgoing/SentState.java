package org.kemari.statetransfer.internal.outgoing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.kemari.statetransfer.internal.wire.Deltas;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** The device state that was sent last in a session, and what has changed since. One thread. */
final class SentState {
    /** A delta is one frame. */
    private static final int MAX_DELTA = 2 << 20;

    private final CRC32C crc = new CRC32C();
    private ByteBuffer last = room(0);
    private ByteBuffer delta = room(0);
    private int lastBytes = -1;

    private static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The next one is going to be sent.
     *
     * @param state from its position to its limit
     * @return what there is to send, valid until the next call; empty: all of it
     */
    Optional<WireMessage.StateDelta> next(ByteBuffer state) {
        ByteBuffer fresh = state.slice().order(ByteOrder.LITTLE_ENDIAN);
        int total = fresh.remaining();
        int before = lastBytes;
        lastBytes = total;
        int most = Math.min(MAX_DELTA, total / 2);
        int common = WireMessage.StateDelta.common(Math.max(0, before), total);
        if (delta.capacity() < most) {
            delta = room(most + most / 4);
        }
        if (before < 0
                || total - common > most
                || !Deltas.take(fresh, 0, last, 0, common, delta.clear(), most - (total - common))) {
            remember(fresh);
            return Optional.empty();
        }
        delta.put(fresh.slice(common, total - common)).flip();
        if (total != before) {
            remember(fresh);
        } else {
            last.put(common, fresh, common, total - common);
        }
        return Optional.of(new WireMessage.StateDelta(before, total, Deltas.crc(crc, fresh, 0, total), delta));
    }

    private void remember(ByteBuffer fresh) {
        if (last.capacity() < fresh.remaining()) {
            last = room(fresh.remaining() + fresh.remaining() / 4);
        }
        last.put(0, fresh, 0, fresh.remaining());
    }
}
