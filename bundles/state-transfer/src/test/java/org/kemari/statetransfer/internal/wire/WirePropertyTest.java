package org.kemari.statetransfer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WirePropertyTest {
    private static final long SESSION = 0x1122334455667788L;

    @Provide
    Arbitrary<WireMessage> messages() {
        return Messages.any();
    }

    @Property(tries = 500)
    void messagesComeBackAsTheyWere(@ForAll("messages") WireMessage first, @ForAll("messages") WireMessage second)
            throws IOException {
        byte[] bytes = frames(first, second);
        FrameReader reader = new FrameReader(new BufferLink(bytes));
        List<WireMessage> read = new ArrayList<>();
        for (long epoch = 40; epoch < 42; epoch++) {
            FrameHeader header = reader.readHeader();
            assertThat(header.epoch()).isEqualTo(epoch);
            assertThat(header.session()).isEqualTo(SESSION);
            read.add(payload(reader, header));
        }
        assertThat(read).containsExactly(first, second);
        assertThat(reader.bytes()).isEqualTo(bytes.length);
        assertThatThrownBy(reader::readHeader).isInstanceOf(EOFException.class);
    }

    @Property(tries = 200)
    void gatheredMessagesGoOutInOrder(@ForAll @Size(max = 30) List<@From("messages") WireMessage> messages)
            throws IOException {
        BufferLink link = new BufferLink(new byte[0]);
        FrameWriter writer = new FrameWriter(link, SESSION);
        for (WireMessage message : messages) {
            writer.gather(message, 0);
        }
        writer.flush();
        assertThat(writer.bytes()).isEqualTo(link.written().length);
        FrameReader reader = new FrameReader(new BufferLink(link.written()), SESSION);
        for (WireMessage message : messages) {
            assertThat(payload(reader, reader.readHeader())).isEqualTo(message);
        }
    }

    @Property(tries = 1000)
    void aDamagedFrameIsATypedError(
            @ForAll("messages") WireMessage message,
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        byte[] bytes = frames(message);
        int at = random.nextInt(bytes.length);
        bytes[at] ^= (byte) flip;
        FrameReader reader = new FrameReader(new BufferLink(bytes), SESSION);
        assertThatThrownBy(() -> payload(reader, reader.readHeader())).satisfies(WirePropertyTest::typed);
    }

    @Property(tries = 500)
    void aTruncatedStreamIsATypedError(@ForAll("messages") WireMessage message, @ForAll Random random)
            throws IOException {
        byte[] bytes = frames(message);
        byte[] part = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
        FrameReader reader = new FrameReader(new BufferLink(part), SESSION);
        assertThatThrownBy(() -> payload(reader, reader.readHeader())).isInstanceOf(EOFException.class);
    }

    /** What a damaged frame with a matching CRC could hold: the decoder itself must stand everything. */
    @Property(tries = 2000)
    void aScribbledPayloadIsAMessageOrATypedError(@ForAll("messages") WireMessage message, @ForAll Random random)
            throws IOException {
        byte[] bytes = frames(message);
        ByteBuffer payload = ByteBuffer.wrap(bytes, FrameHeader.BYTES, bytes.length - FrameHeader.BYTES)
                .slice();
        for (int i = 1 + random.nextInt(8); i > 0 && payload.hasRemaining(); i--) {
            int at = random.nextInt(Math.min(payload.limit(), 200));
            payload.put(at, (byte) (random.nextBoolean() ? 0xff : random.nextInt(256)));
        }
        decodeOrRefuse(MessageCodec.typeOf(message), payload);
    }

    @Property(tries = 3000)
    void garbageIsAMessageOrATypedError(@ForAll FrameType type, @ForAll @Size(max = 300) byte[] payload) {
        decodeOrRefuse(type, ByteBuffer.wrap(payload));
    }

    @Property(tries = 500)
    void garbageOnTheLinkIsATypedError(@ForAll @Size(max = 200) byte[] bytes) {
        FrameReader reader = new FrameReader(new BufferLink(bytes), SESSION);
        assertThatThrownBy(() -> payload(reader, reader.readHeader())).satisfies(WirePropertyTest::typed);
    }

    @Property(tries = 200)
    void framesOfAnotherSessionOrOutOfOrderAreRefused(@ForAll("messages") WireMessage message) throws IOException {
        byte[] one = frames(message);
        byte[] two = frames(message, message);
        FrameReader other = new FrameReader(new BufferLink(one), SESSION + 1);
        assertThatThrownBy(other::readHeader).isInstanceOf(WireException.class).hasMessageContaining("session");
        byte[] repeated = java.util.Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, repeated, one.length, one.length);
        FrameReader twice = new FrameReader(new BufferLink(repeated), SESSION);
        payload(twice, twice.readHeader());
        assertThatThrownBy(twice::readHeader)
                .isInstanceOf(WireException.class)
                .hasMessageContaining("instead of frame 1");
        byte[] missing = java.util.Arrays.copyOfRange(two, one.length, two.length);
        FrameReader gap = new FrameReader(new BufferLink(missing), SESSION);
        assertThatThrownBy(gap::readHeader)
                .isInstanceOf(WireException.class)
                .hasMessageContaining("instead of frame 0");
    }

    private static void decodeOrRefuse(FrameType type, ByteBuffer payload) {
        try {
            WireMessage message = MessageCodec.decode(type, payload, Messages.LIMITS);
            assertThat(MessageCodec.typeOf(message)).isEqualTo(type);
            within(message);
        } catch (WireException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    /** Whatever was let through stays within the limits. */
    private static void within(WireMessage message) {
        if (message instanceof WireMessage.Pages pages) {
            long data = 0;
            for (int i = 0; i < PageRuns.count(pages.runs()); i++) {
                assertThat(PageRuns.first(pages.runs(), i) + PageRuns.length(pages.runs(), i))
                        .isLessThanOrEqualTo(Messages.PAGES);
                data += PageRuns.isZero(pages.runs(), i) ? 0 : PageRuns.length(pages.runs(), i);
            }
            assertThat(data * PageRuns.PAGE_BYTES).isEqualTo(pages.data().remaining());
        } else if (message instanceof WireMessage.Disk disk) {
            assertThat(disk.offset()).isNotNegative();
            assertThat(disk.offset() + disk.data().remaining())
                    .isLessThanOrEqualTo(Messages.LIMITS.diskBytes().get(disk.disk()));
        } else if (message instanceof WireMessage.DiskZero zero) {
            assertThat(zero.offset()).isNotNegative();
            assertThat(zero.length()).isPositive();
            assertThat(zero.offset() + zero.length())
                    .isLessThanOrEqualTo(Messages.LIMITS.diskBytes().get(zero.disk()));
        }
    }

    private static byte[] frames(WireMessage... messages) throws IOException {
        BufferLink link = new BufferLink(new byte[0]);
        FrameWriter writer = new FrameWriter(link, SESSION);
        long epoch = 40;
        for (WireMessage message : messages) {
            writer.write(message, epoch++);
        }
        return link.written();
    }

    private static WireMessage payload(FrameReader reader, FrameHeader header) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(header.length()).order(ByteOrder.LITTLE_ENDIAN);
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, Messages.LIMITS);
    }

    private static void typed(Throwable error) {
        assertThat(error).isInstanceOfAny(WireException.class, EOFException.class);
    }
}
