package org.kemari.statetransfer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.kemari.statetransfer.internal.Compression;

class PackedFramesTest {
    private static final long SESSION = 7;

    @Provide
    Arbitrary<WireMessage> messages() {
        return Messages.any();
    }

    private static byte[] packed(WireMessage... messages) throws IOException {
        BufferLink link = new BufferLink(new byte[0]);
        FrameWriter writer = new FrameWriter(link, SESSION);
        writer.pack(Compression.LZ4);
        for (WireMessage message : messages) {
            writer.gather(message, 1);
        }
        writer.flush();
        assertThat(writer.bytes()).isEqualTo(link.written().length);
        return link.written();
    }

    private static FrameReader reader(byte[] bytes) {
        FrameReader reader = new FrameReader(new BufferLink(bytes), SESSION);
        reader.mayBePacked();
        return reader;
    }

    private static WireMessage next(FrameReader reader) throws IOException {
        FrameHeader header = reader.readHeader();
        ByteBuffer payload =
                ByteBuffer.allocate(header.length() + 8).position(3).limit(3 + header.length());
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, Messages.LIMITS);
    }

    private static WireMessage.Pages pages(byte fill) {
        ByteBuffer runs = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(3)
                .putInt(200)
                .flip();
        byte[] data = new byte[200 * PageRuns.PAGE_BYTES];
        java.util.Arrays.fill(data, fill);
        return new WireMessage.Pages(runs, ByteBuffer.wrap(data));
    }

    @Property(tries = 100)
    void messagesComeBackAsTheyWere(@ForAll @Size(max = 20) List<@From("messages") WireMessage> messages)
            throws IOException {
        byte[] bytes = packed(messages.toArray(WireMessage[]::new));
        FrameReader reader = reader(bytes);
        for (WireMessage message : messages) {
            assertThat(next(reader)).isEqualTo(message);
        }
        assertThat(reader.bytes()).isEqualTo(bytes.length);
    }

    @Property(tries = 1)
    void whatCanBeCompressedIs() throws IOException {
        byte[] bytes = packed(pages((byte) 5), pages((byte) 6));
        assertThat(bytes.length).isLessThan(50_000);
        FrameReader reader = reader(bytes);
        assertThat(next(reader)).isEqualTo(pages((byte) 5));
        assertThat(next(reader)).isEqualTo(pages((byte) 6));
        assertThat(reader.isPacked()).isTrue();
        FrameReader unaware = new FrameReader(new BufferLink(bytes), SESSION);
        assertThatThrownBy(() -> next(unaware))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("flags 1");
    }

    /** Any damage, with a CRC that says that there is none: an error, or a message, but never more than was announced. */
    @Property(tries = 500)
    void aHostileFrameIsAMessageOrATypedError(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 8) int times, @ForAll boolean inTheSize)
            throws IOException {
        byte[] bytes = packed(pages((byte) random.nextInt()));
        ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < times; i++) {
            int from = inTheSize && i == 0 ? FrameHeader.BYTES : FrameHeader.BYTES + 4;
            int room = inTheSize && i == 0 ? 4 : Math.min(64, bytes.length - from);
            frame.put(from + random.nextInt(room), (byte) (random.nextBoolean() ? 0xff : random.nextInt()));
        }
        frame.putInt(FrameHeader.CRC_OFFSET, 0);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        frame.putInt(FrameHeader.CRC_OFFSET, (int) crc.getValue());
        try {
            assertThat(next(reader(bytes))).isNotNull();
        } catch (WireException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Property(tries = 300)
    void aDamagedFrameIsATypedError(@ForAll Random random, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        byte[] bytes = packed(pages((byte) 1));
        bytes[random.nextInt(bytes.length)] ^= (byte) flip;
        assertThatThrownBy(() -> next(reader(bytes))).isInstanceOf(IOException.class);
    }
}
