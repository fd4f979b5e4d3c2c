package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ConsoleTextTest {
    private static String of(String... pieces) {
        ConsoleText text = new ConsoleText();
        StringBuilder all = new StringBuilder();
        for (String piece : pieces) {
            all.append(text.next(piece.getBytes(StandardCharsets.UTF_8)));
        }
        return all.toString();
    }

    @Test
    void textStaysAndWhatMovesTheTerminalGoes() {
        assertThat(of("a\tb\r\nc\u0007\b")).isEqualTo("a\tb\nc");
        assertThat(of("\u001b[2J\u001b[1;31mred\u001b[0m")).isEqualTo("red");
        assertThat(of("\u001b]0;title\u0007text")).isEqualTo("text");
        assertThat(of("\u001b]52;c;cm0gLXJm\u001b\\text")).isEqualTo("text");
        assertThat(of("\u001bPq#0\u001b\\text")).isEqualTo("text");
        assertThat(of("\u001b]never ended\ntext")).isEqualTo("\ntext");
        assertThat(of("\u009b2Jx\u202ey")).isEqualTo("2Jxy");
        assertThat(of("\u001bcx")).isEqualTo("x");
    }

    @Test
    void sequencesAndCharactersMayComeInPieces() {
        assertThat(of("a\u001b", "[3", "1mb")).isEqualTo("ab");
        ConsoleText text = new ConsoleText();
        byte[] e = "é".getBytes(StandardCharsets.UTF_8);
        assertThat(text.next(new byte[] {e[0]}) + text.next(new byte[] {e[1], 'x'}))
                .isEqualTo("éx");
        assertThat(text.next(new byte[] {(byte) 0xff, 'y'})).isEqualTo("\ufffdy");
    }

    @Property(tries = 200)
    void nothingGetsThrough(@ForAll byte[] first, @ForAll byte[] second) {
        ConsoleText text = new ConsoleText();
        assertThat((text.next(first) + text.next(second)).chars())
                .allMatch(c -> c == '\n' || c == '\t' || !Character.isISOControl(c));
    }
}
