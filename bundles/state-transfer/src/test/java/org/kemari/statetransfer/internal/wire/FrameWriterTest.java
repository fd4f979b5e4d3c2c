package org.kemari.statetransfer.internal.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.kemari.api.link.Link;
import org.kemari.api.transfer.Farewell;

class FrameWriterTest {
    /** A link whose other end is gone. */
    private static final class DeadLink implements Link {
        @Override
        public String peer() {
            return "west";
        }

        @Override
        public String remoteAddress() {
            return "nowhere";
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            throw new IOException("gone");
        }

        @Override
        public void write(ByteBuffer... sources) throws IOException {
            throw new IOException("gone");
        }

        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void close() {}
    }

    @Test
    void aWriterWhoseLinkHasFailedSaysSoAgainAndAgain() throws IOException {
        FrameWriter writer = new FrameWriter(new DeadLink(), 7);
        writer.gather(new WireMessage.Error("first"), 0);
        assertThatThrownBy(writer::flush).isInstanceOf(IOException.class).hasMessage("gone");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> writer.write(new WireMessage.Farewell(Farewell.STOPPED, "bye"), 0))
                    .isInstanceOf(IOException.class)
                    .hasMessage("gone");
        }
    }
}
