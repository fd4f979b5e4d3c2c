package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.kemari.statetransfer.internal.wire.Deltas;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Makes a device state of the one before and what has changed. */
final class StateDeltas {
    private StateDeltas() {}

    /**
     * Writes the new state.
     *
     * @param before as long as the delta says: that was checked when it came
     * @param target empty, with room for the new state, which is then before its position
     * @throws IOException if it is not what the primary has
     */
    static void apply(WireMessage.StateDelta delta, ByteBuffer before, ByteBuffer target) throws IOException {
        int begin = target.position();
        int common = WireMessage.StateDelta.common(delta.base(), delta.total());
        int rest = delta.total() - common;
        ByteBuffer data = delta.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer changes = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        target.put(before.slice(0, common));
        Deltas.apply(
                changes,
                0,
                data.remaining() - rest,
                (offset, words) -> target.put(begin + offset, words, words.position(), words.remaining()));
        target.put(data.position(data.limit() - rest));
        if (Deltas.crc(new CRC32C(), target.duplicate(), begin, delta.total()) != delta.crc()) {
            throw new IOException("what has changed of the device state does not fit to the one before");
        }
    }
}
