package org.kemari.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.virtio.testing.DriverRing.Buffer.readable;
import static org.kemari.virtio.testing.DriverRing.Buffer.writable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.kemari.virtio.testing.DriverRing.Buffer;

class BlockRequestPropertiesTest {
    /** Whatever the header and the ranges say, what is to be executed lies on the disk. */
    @Property(tries = 3000)
    void whatIsExecutableLiesOnTheDisk(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        BlockRequestTest scope = new BlockRequestTest();
        int[] types = {0, 1, 4, 8, 11, 13, random.nextInt()};
        scope.header(types[random.nextInt(types.length)], number(random));
        for (int i = 0; i < 20; i++) {
            scope.range(
                    i,
                    number(random),
                    random.nextBoolean() ? random.nextInt(100) : random.nextInt(),
                    random.nextInt(3));
        }
        int in = random.nextBoolean() ? 512 * random.nextInt(4) : 16 * random.nextInt(20);
        int out = 1 + random.nextInt(4) * 512;
        List<Buffer> buffers = new ArrayList<>(List.of(readable(BlockRequestTest.HEADER, 16)));
        if (in > 0) {
            buffers.add(readable(BlockRequestTest.DATA, in));
        }
        buffers.add(writable(BlockRequestTest.DATA, out));
        scope.parse(BlockRequestTest.DISK, buffers.toArray(Buffer[]::new));
        if (scope.request.verdict() == BlockStatus.OK) {
            for (int i = 0; i < scope.request.extents(); i++) {
                assertThat(scope.request.extentOffset(i)).isBetween(0L, 512_000L);
                assertThat(scope.request.extentOffset(i) + scope.request.extentLength(i))
                        .isBetween(0L, 512_000L);
            }
        }
        scope.request.complete(scope.request.verdict());
        scope.close();
    }

    private static long number(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(1100);
            default -> Long.MAX_VALUE - random.nextInt(3);
        };
    }
}
