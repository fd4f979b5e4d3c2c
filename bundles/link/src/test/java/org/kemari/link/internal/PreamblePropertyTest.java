package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class PreamblePropertyTest {
    @Property
    void comesBackAsItWas(
            @ForAll @AlphaChars @StringLength(min = 1, max = 64) String from,
            @ForAll @AlphaChars @StringLength(min = 1, max = 64) String to,
            @ForAll @AlphaChars @StringLength(min = 1, max = 32) String channel)
            throws IOException {
        Preamble preamble = new Preamble(from, to, channel);
        assertThat(Preamble.read(from(preamble.encode()))).isEqualTo(preamble);
    }

    @Property
    void repliesComeBack(@ForAll boolean accepted, @ForAll @StringLength(max = 200) @AlphaChars String reason)
            throws IOException {
        PreambleReply reply = new PreambleReply(accepted, reason);
        assertThat(PreambleReply.read(from(reply.encode()))).isEqualTo(reply);
    }

    @Property
    void aBrokenOneIsATypedError(@ForAll @IntRange(max = 30) int at, @ForAll byte value) {
        byte[] bytes = new Preamble("east", "west", "transfer").encode();
        bytes[at % bytes.length] = value;
        readOrRefuse(bytes);
    }

    @Property
    void garbageIsATypedError(@ForAll @Size(max = 600) byte[] bytes) {
        readOrRefuse(bytes);
    }

    private static void readOrRefuse(byte[] bytes) {
        try {
            assertThat(Preamble.read(from(bytes))).isNotNull();
        } catch (PreambleException | SecurityRefusal | EOFException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } catch (IOException e) {
            throw new AssertionError("not a typed error", e);
        }
    }

    private static Preamble.TimedInput from(byte[] bytes) {
        int[] position = {0};
        return length -> {
            if (position[0] + length > bytes.length) {
                throw new EOFException("end");
            }
            position[0] += length;
            return Arrays.copyOfRange(bytes, position[0] - length, position[0]);
        };
    }
}
