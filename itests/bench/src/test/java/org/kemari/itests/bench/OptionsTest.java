package org.kemari.itests.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static final List<String> NAMES = List.of("takeover", "guest", "block");

    private static Options parse(String... words) {
        return Options.parse(List.of(words), NAMES);
    }

    @Test
    void everythingWithoutOptions() {
        Options options = parse();
        assertThat(NAMES).allMatch(options::wants);
        assertThat(options.record()).isFalse();
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.takeovers()).isEqualTo(5);
        assertThat(options.exchanges()).isEqualTo(2);
        assertThat(parse("--exchanges", "3").exchanges()).isEqualTo(3);
        assertThat(options.seconds(8)).isEqualTo(8);
    }

    @Test
    void quickIsShortUnlessMoreIsAskedFor() {
        assertThat(parse("--quick").rounds()).isEqualTo(1);
        assertThat(parse("--quick").exchanges()).isEqualTo(1);
        assertThat(parse("--quick", "--rounds", "3").rounds()).isEqualTo(3);
        assertThat(parse("--quick").seconds(8)).isEqualTo(2);
        assertThat(parse("--quick").seconds(0.5)).isEqualTo(0.5);
    }

    @Test
    void noTakeoversButAtLeastOneRound() {
        assertThat(parse("--takeovers", "0").takeovers()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--rounds", "0"))
                .withMessageContaining("from 1");
    }

    @Test
    void onlySomeInOneWordOrSeveral() {
        assertThat(parse("--only", "block").wants("guest")).isFalse();
        assertThat(parse("--only", "block,guest").only()).containsExactlyInAnyOrder("block", "guest");
        assertThat(parse("--only", "block", "--only", "guest").only()).containsExactlyInAnyOrder("block", "guest");
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> parse("--fast")).withMessageContaining("--fast");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("--only", "disk"))
                .withMessageContaining("disk")
                .withMessageContaining("block");
        assertThatIllegalArgumentException().isThrownBy(() -> parse("--rounds")).withMessageContaining("--rounds");
        for (String wrong : List.of("-1", "two", "1001", "99999999999")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> parse("--takeovers", wrong))
                    .withMessageContaining(wrong);
        }
    }
}
