package org.kemari.itests.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void numbersHaveThreeDigitsOrSo() {
        assertThat(Table.number(0.1234)).isEqualTo("0.12");
        assertThat(Table.number(12.34)).isEqualTo("12.3");
        assertThat(Table.number(1234.5)).isEqualTo("1235");
        assertThat(Table.number(Double.NaN)).isEqualTo("–");
    }

    @Test
    void aTargetIsReachedOrMissed() {
        assertThat(Table.atMost(3.9, 4)).isEqualTo("3.90 (target 4, reached)");
        assertThat(Table.atMost(4.1, 4)).isEqualTo("4.10 (target 4, missed)");
        assertThat(Table.atLeast(0.79, 0.8)).isEqualTo("0.79 (target 0.8, missed)");
        assertThat(Table.atMost(Double.NaN, 4)).isEqualTo("– (target 4, missed)");
    }

    @Test
    void theSameFiguresForTerminalAndFile() {
        Table table = new Table("Pauses", "How long.", "guest", "median").row("512 MiB", "3.1");
        assertThat(table.markdown())
                .isEqualTo("## Pauses\n\nHow long.\n\n| guest | median |\n|---|---:|\n| 512 MiB | 3.1 |\n\n");
        assertThat(table.text()).isEqualTo("Pauses\nguest    median\n512 MiB     3.1\n");
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("only one"));
    }
}
