package org.kemari.virtio.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.kemari.linux.NativeMemory;

class InflightQueuePropertiesTest {
    private static final int SIZE = 16;

    /**
     * A device dies between any two steps; the next one knows exactly what had been taken and not shown as completed, in
     * order.
     */
    @Property(tries = 500)
    void recoversAfterDeathAtAnyStep(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        try (NativeMemory memory = NativeMemory.allocate(InflightQueue.bytes(SIZE))) {
            InflightQueue queue = new InflightQueue(memory, 0, SIZE);
            int used = random.nextInt(65_536);
            assertThat(queue.recover(used)).isEmpty();
            List<Integer> expected = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                if (random.nextBoolean()) {
                    int head = random.nextInt(SIZE);
                    if (!expected.contains(head)) {
                        queue.taken(head);
                        expected.add(head);
                    }
                } else if (!expected.isEmpty()) {
                    List<Integer> batch = new ArrayList<>();
                    for (int i = 1 + random.nextInt(expected.size()); i > 0; i--) {
                        int head = expected.get(random.nextInt(expected.size()));
                        if (!batch.contains(head)) {
                            batch.add(head);
                            queue.completing(head);
                        }
                    }
                    if (random.nextInt(4) == 0) {
                        queue = reborn(memory, used, expected);
                        continue;
                    }
                    used = (used + batch.size()) & 0xffff;
                    expected.removeAll(batch);
                    if (random.nextInt(4) == 0) {
                        queue = reborn(memory, used, expected);
                        continue;
                    }
                    queue.completed(used);
                }
                if (random.nextInt(10) == 0) {
                    queue = reborn(memory, used, expected);
                }
            }
        }
    }

    private static InflightQueue reborn(NativeMemory memory, int used, List<Integer> expected) throws Exception {
        InflightQueue queue = new InflightQueue(memory, 0, SIZE);
        assertThat(queue.recover(used)).isEqualTo(expected);
        return queue;
    }
}
