package org.kemari.statetransfer.internal.incoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.kemari.api.tap.FrameBatch;
import org.kemari.statetransfer.internal.TestFrames;
import org.kemari.statetransfer.internal.wire.WireException;

class FrameStoreTest {
    private final FrameStore store = new FrameStore(2);

    private static FrameBatch batch(int nic, long first, int count) {
        ByteBuffer data = ByteBuffer.allocate(count * 200);
        for (int i = 0; i < count; i++) {
            data.put(TestFrames.frame(first + i));
        }
        return new FrameBatch(nic, first, data.flip());
    }

    private static ByteBuffer large(int length) {
        return ByteBuffer.allocate(Integer.BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, length);
    }

    private List<Long> left(int nic) {
        return TestFrames.numbers(
                store.all().received().stream().filter(b -> b.nic() == nic).toList());
    }

    @Test
    void whatTheCommittedGuestHasIsDropped() throws WireException {
        store.add(batch(0, 1, 5));
        store.add(batch(1, 1, 3));
        store.add(batch(0, 6, 5));
        store.committed(List.of(7L, 0L));
        assertThat(left(0)).containsExactly(8L, 9L, 10L);
        assertThat(left(1)).containsExactly(1L, 2L, 3L);
        store.committed(List.of(3L, 3L));
        assertThat(left(0)).as("it never goes back").containsExactly(8L, 9L, 10L);
        assertThat(left(1)).isEmpty();
    }

    @Test
    void framesThatComeAfterTheirCommitAreDropped() throws WireException {
        store.committed(List.of(4L, 0L));
        store.add(batch(0, 3, 4));
        assertThat(left(0)).containsExactly(5L, 6L);
        assertThat(store.dropped()).as("nobody misses them").isZero();
    }

    @Test
    void numbersThatDoNotGrowAreLeftOut() throws WireException {
        store.add(batch(0, 10, 2));
        store.add(batch(0, 10, 2));
        store.add(batch(0, 5, 1));
        store.add(batch(0, Long.MAX_VALUE - 1, 1));
        assertThat(left(0)).containsExactly(10L, 11L, Long.MAX_VALUE - 1);
        assertThat(store.dropped()).isEqualTo(3);
        store.committed(List.of(Long.MAX_VALUE, 0L));
        assertThat(left(0)).isEmpty();
    }

    @Test
    void onlyNicsOfTheDomainHaveFrames() {
        assertThatThrownBy(() -> store.add(batch(2, 1, 1))).isInstanceOf(WireException.class);
        store.committed(List.of(1L, 1L, 1L));
        store.committed(List.of());
    }

    @Test
    void bytesAreBounded() throws WireException {
        int many = FrameStore.NIC_BYTES / FrameBatch.MAX_FRAME_BYTES + 5;
        for (int i = 1; i <= many; i++) {
            store.add(new FrameBatch(0, i, large(FrameBatch.MAX_FRAME_BYTES)));
        }
        long bytes = store.all().received().stream()
                .mapToLong(b -> b.data().remaining())
                .sum();
        assertThat(bytes).isBetween(FrameStore.NIC_BYTES / 2L, (long) FrameStore.NIC_BYTES);
        assertThat(store.dropped()).isPositive();
        store.committed(List.of(2L, 0L));
        long dropped = store.dropped();
        store.add(new FrameBatch(0, many + 1, large(FrameBatch.MAX_FRAME_BYTES)));
        assertThat(store.dropped()).as("there is room again").isEqualTo(dropped);
    }

    @Test
    void framesAreBounded() throws WireException {
        for (long i = 1; i <= FrameStore.NIC_FRAMES + 10L; i++) {
            store.add(new FrameBatch(0, i, large(FrameBatch.HEADER_BYTES + 1)));
        }
        assertThat(store.all().received()).hasSize(FrameStore.NIC_FRAMES);
        assertThat(store.dropped()).isEqualTo(10);
    }

    @Test
    void packetsAreThoseOfTheLastCheckpoint() {
        store.applied(List.of(batch(0, 1, 3), batch(1, 7, 1)));
        assertThat(TestFrames.numbers(store.all().held())).containsExactly(1L, 2L, 3L, 7L);
        FrameBatch shared = batch(0, 20, 2);
        store.applied(List.of(shared));
        shared.data().putLong(16, -1);
        assertThat(TestFrames.numbers(store.all().held()))
                .as("a copy: the staging memory is used again")
                .containsExactlyElementsOf(LongStream.of(20, 21).boxed().toList());
        store.applied(List.of());
        assertThat(store.all().held()).isEmpty();
    }
}
