package org.kemari.itests.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompareOptionsTest {
    private static CompareOptions parse(String... words) {
        return CompareOptions.parse(List.of(words), List.of("bare", "hold"), List.of("redis", "fio"));
    }

    @Test
    void everythingByDefault() {
        CompareOptions options = parse();
        assertThat(options.wantsMode("bare")).isTrue();
        assertThat(options.wantsWorkload("fio")).isTrue();
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.seconds()).isEqualTo(2);
        assertThat(options.record()).isFalse();
    }

    @Test
    void whatIsAskedForAndNothingElse() {
        CompareOptions options = parse("--quick", "--mode", "hold", "--workload", "redis,fio", "--seconds", "5");
        assertThat(options.wantsMode("bare")).isFalse();
        assertThat(options.workloads()).containsExactlyInAnyOrder("redis", "fio");
        assertThat(options.rounds()).isEqualTo(1);
        assertThat(options.seconds()).isEqualTo(5);
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> parse("--fast")).withMessageContaining("--fast");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--mode", "xen"))
                .withMessageContaining("mode 'xen'")
                .withMessageContaining("bare, hold");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--workload"))
                .withMessageContaining("value");
        for (String wrong : List.of("0", "two", "101", "99999999999")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("--rounds", wrong))
                    .withMessageContaining(wrong);
        }
    }
}
