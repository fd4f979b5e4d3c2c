package org.kemari.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.kemari.linux.NativeMemory;

class InflightQueueTest {
    private static final int SIZE = 16;

    @Test
    void hostileRecordsAreRefused() throws Exception {
        try (NativeMemory memory = NativeMemory.allocate(InflightQueue.bytes(SIZE))) {
            InflightQueue queue = new InflightQueue(memory, 0, SIZE);
            queue.reset(0);
            assertThatThrownBy(() -> queue.recover(17)).hasMessageContaining("17 apart");
            memory.putShort(12, (short) 99);
            assertThatThrownBy(() -> queue.recover(1)).hasMessageContaining("names descriptor 99");
            memory.putShort(10, (short) 8);
            assertThatThrownBy(() -> queue.recover(0)).hasMessageContaining("for 8 descriptors");
            memory.putShort(8, (short) 2);
            assertThatThrownBy(queue::check).hasMessageContaining("version 2");
        }
    }

    @Test
    void aResetForgetsEverything() throws Exception {
        try (NativeMemory memory = NativeMemory.allocate(InflightQueue.bytes(SIZE))) {
            InflightQueue queue = new InflightQueue(memory, 0, SIZE);
            queue.recover(3);
            queue.taken(5);
            queue.reset(0);
            assertThat(new InflightQueue(memory, 0, SIZE).recover(0)).isEmpty();
        }
    }
}
