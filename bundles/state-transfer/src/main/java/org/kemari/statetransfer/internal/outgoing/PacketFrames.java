package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.PausedFrames;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends with a checkpoint how far its guest is in what it has received, and the packets that the checkpoint releases. */
final class PacketFrames {
    private PacketFrames() {}

    static void send(PausedFrames paused, PageFrames.Sink sink) throws IOException {
        if (!paused.received().isEmpty()) {
            sink.write(new WireMessage.Delivered(paused.received()));
        }
        for (FrameBatch batch : paused.held()) {
            sink.write(new WireMessage.Held(batch));
        }
    }
}
