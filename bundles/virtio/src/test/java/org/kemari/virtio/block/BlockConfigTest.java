package org.kemari.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class BlockConfigTest {
    @Test
    void theSpaceIsLaidOutAsTheStandardSays() {
        BlockConfig config = BlockConfig.of(10L << 30, false, 4);
        ByteBuffer b = ByteBuffer.wrap(config.space()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(b.remaining()).isEqualTo(72);
        assertThat(b.getLong(0)).as("capacity").isEqualTo((10L << 30) / 512);
        assertThat(b.getInt(12)).as("seg_max").isEqualTo(254);
        assertThat(b.getInt(20)).as("blk_size").isEqualTo(512);
        assertThat(b.get(24)).as("physical_block_exp").isEqualTo((byte) 3);
        assertThat(b.getShort(26)).as("min_io_size").isEqualTo((short) 8);
        assertThat(b.get(32)).as("wce").isEqualTo((byte) 1);
        assertThat(b.getShort(34)).as("num_queues").isEqualTo((short) 4);
        assertThat(b.getInt(36)).as("max_discard_sectors").isEqualTo(BlockConfig.MAX_DISCARD_SECTORS);
        assertThat(b.getInt(48)).as("max_write_zeroes_sectors").isEqualTo(BlockConfig.MAX_WRITE_ZEROES_SECTORS);
        assertThat(b.get(56)).as("write_zeroes_may_unmap").isEqualTo((byte) 1);
        assertThat(config.features() & BlockFeatures.MULTI_QUEUE).isNotZero();
        assertThat(config.features() & BlockFeatures.READ_ONLY).isZero();
    }

    @Test
    void aReadOnlyDiskOffersNothingThatWrites() {
        long features = BlockConfig.of(4096, true, 1).features();
        assertThat(features & BlockFeatures.READ_ONLY).isNotZero();
        assertThat(features & (BlockFeatures.DISCARD | BlockFeatures.WRITE_ZEROES | BlockFeatures.MULTI_QUEUE))
                .isZero();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> BlockConfig.of(-1, false, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlockConfig.of(1, false, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BlockConfig(1, false, 1, 1, 1000)).isInstanceOf(IllegalArgumentException.class);
    }
}
