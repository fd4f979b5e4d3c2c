package org.kemari.health.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.stats.LatencySummary;

class RoundTripsTest {
    private final RoundTrips trips = new RoundTrips();

    @Test
    void measures() throws Exception {
        assertThat(trips.summary()).isEqualTo(LatencySummary.EMPTY);
        for (int i = 1; i <= 100; i++) {
            long sequence = trips.next(i * 1_000_000L);
            trips.reply(sequence, i * 1_000_000L + i * 1000L);
        }
        LatencySummary s = trips.summary();
        assertThat(s.count()).isEqualTo(100);
        assertThat(s.p50Micros()).isBetween(49L, 51L);
        assertThat(s.maxMicros()).isBetween(99L, 101L);
        assertThat(trips.sent()).isEqualTo(100);
        assertThat(trips.received()).isEqualTo(100);
    }

    @Test
    void repliesToNothingAreRefused() throws Exception {
        trips.next(0);
        trips.next(0);
        assertThatThrownBy(() -> trips.reply(3, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> trips.reply(0, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> trips.reply(-5, 1)).isInstanceOf(IOException.class);
        trips.reply(2, 1);
        assertThatThrownBy(() -> trips.reply(2, 1)).as("twice").isInstanceOf(IOException.class);
        assertThatThrownBy(() -> trips.reply(1, 1)).as("out of order").isInstanceOf(IOException.class);
    }

    @Test
    void repliesFromAnOlderLinkAreRefused() {
        trips.next(0);
        trips.newLink();
        assertThatThrownBy(() -> trips.reply(1, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void aVeryLateReplyCountsButIsNotMeasured() throws Exception {
        long first = trips.next(0);
        for (int i = 0; i < 1000; i++) {
            trips.next(0);
        }
        trips.reply(first, 1);
        assertThat(trips.received()).isEqualTo(1);
        assertThat(trips.summary()).isEqualTo(LatencySummary.EMPTY);
    }

    @Test
    void pathsTogether() throws Exception {
        RoundTrips other = new RoundTrips();
        trips.reply(trips.next(0), 1_000_000);
        trips.next(0);
        other.reply(other.next(0), 3_000_000);
        RoundTrips both = RoundTrips.sum(List.of(trips, other, new RoundTrips()));
        assertThat(both.sent()).isEqualTo(3);
        assertThat(both.received()).isEqualTo(2);
        assertThat(both.summary().count()).isEqualTo(2);
        assertThat(both.summary().maxMicros()).isBetween(2950L, 3050L);
    }

    @Test
    void framesAreWhatTheyWere() throws Exception {
        for (Frame.Type type : Frame.Type.values()) {
            ByteBuffer bytes = Frame.encode(Frame.buffer(), type, Long.MAX_VALUE - 3);
            assertThat(bytes.remaining()).isEqualTo(Frame.BYTES);
            assertThat(Frame.decode(bytes)).isEqualTo(new Frame(type, Long.MAX_VALUE - 3));
        }
    }

    @Test
    void otherBytesAreNoFrames() {
        assertThatThrownBy(() -> Frame.decode(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a heartbeat");
        ByteBuffer bytes = Frame.encode(Frame.buffer(), Frame.Type.BEAT, 1).order(ByteOrder.LITTLE_ENDIAN);
        for (int type : new int[] {4, -1, Integer.MIN_VALUE}) {
            bytes.putInt(4, type);
            assertThatThrownBy(() -> Frame.decode(
                            bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unknown type");
        }
    }
}
