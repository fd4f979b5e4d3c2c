package org.kemari.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class VhostUserCodecPropertiesTest {
    /** Random bytes are a message or a VhostUserException, never anything else. */
    @Property(tries = 5000)
    void noiseNeverBreaksTheCodec(@ForAll long seed, @ForAll @IntRange(min = 0, max = 45) int code) {
        Random random = new Random(seed);
        int[] lengths = {0, 8, 12, 24, 40, 72, 8 + 64, random.nextInt(513)};
        byte[] payload = new byte[lengths[random.nextInt(lengths.length)]];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = random.nextInt(3) == 0 ? (byte) random.nextInt() : (byte) random.nextInt(3);
        }
        try {
            VhostUserMessage message = VhostUserCodec.decode(
                    VhostUserHeader.request(code, false, payload.length), ByteBuffer.wrap(payload), List.of());
            assertThat(message.request().code()).isIn(code, 0);
        } catch (VhostUserException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
