package org.kemari.api.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    @Provide
    Arbitrary<OwnershipRecord> records() {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars('-', '_')
                .ofMinLength(1)
                .ofMaxLength(64);
        return Combinators.combine(
                        names,
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        names,
                        names.optional(),
                        Arbitraries.longs().filter(s -> s != 0))
                .as((domain, generation, owner, standby, session) ->
                        new OwnershipRecord(domain, generation, owner, standby, standby.isPresent() ? session : 0));
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll("records") OwnershipRecord record) throws Exception {
        assertThat(RecordCodec.decode(RecordCodec.encode(record))).isEqualTo(record);
    }

    @Property(tries = 500)
    void aDamagedByteIsNoticed(
            @ForAll("records") OwnershipRecord record,
            @ForAll int where,
            @ForAll @IntRange(min = 1, max = 255) int how) {
        byte[] bytes = RecordCodec.encode(record);
        bytes[Math.floorMod(where, bytes.length)] ^= (byte) how;
        assertThatThrownBy(() -> RecordCodec.decode(bytes)).isInstanceOf(RecordCodec.CorruptException.class);
    }

    @Property(tries = 300)
    void aCutRecordIsNoticed(@ForAll("records") OwnershipRecord record, @ForAll int where) {
        byte[] bytes = RecordCodec.encode(record);
        byte[] cut = java.util.Arrays.copyOf(bytes, Math.floorMod(where, bytes.length));
        assertThatThrownBy(() -> RecordCodec.decode(cut)).isInstanceOf(RecordCodec.CorruptException.class);
    }

    @Test
    void otherFilesAreNotRecords() {
        for (String text : new String[] {"", "\n\n\n\n\n\n\n", "hello", "crc32c=", "x".repeat(5000)}) {
            assertThatThrownBy(() -> RecordCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(RecordCodec.CorruptException.class);
        }
    }

    @Test
    void namesThatAreNoNamesAreRefused() {
        for (String name : new String[] {"", "../x", "a/b", "a b", "a\nb", "x".repeat(65)}) {
            assertThatThrownBy(() -> RecordCodec.encode(new OwnershipRecord(name, 1, "a", Optional.empty(), 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("domain");
        }
    }
}
