package org.kemari.eventtap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapOptionsTest {
    private static TapOptions parse(String line) throws TapOptions.UsageException {
        return TapOptions.parse(List.of(line.split(" ")));
    }

    @Test
    void severalExports() throws TapOptions.UsageException {
        TapOptions options = parse("--socket a.sock --disk a.raw --queues 4 --fd 3 --read-only --disk b.raw");
        assertThat(options.exports())
                .containsExactly(
                        new TapOptions.Export(
                                Optional.of(Path.of("a.sock")), Optional.empty(), Path.of("a.raw"), 4, false),
                        new TapOptions.Export(Optional.empty(), Optional.of(3), Path.of("b.raw"), 1, true));
    }

    @Test
    void helpComesFirst() throws TapOptions.UsageException {
        assertThat(parse("--nonsense --help").help()).isTrue();
        assertThat(TapOptions.USAGE).contains("--socket", "--fd", "--disk", "--queues", "--read-only");
    }

    @ParameterizedTest
    @CsvSource({
        "--disk a.raw, comes before any",
        "--socket a.sock, no --disk for a.sock",
        "--fd 3, no --disk for descriptor 3",
        "--socket a --disk b --disk c, two disks",
        "--socket a --disk b --queues 17, is not from 1 to 16",
        "--socket a --disk b --queues 0, is not from 1 to 16",
        "--socket a --disk b --queues many, needs a number",
        "--socket a --disk, needs a value",
        "--socket a --disk b --fast, unknown option --fast",
    })
    void refuses(String line, String reason) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(TapOptions.UsageException.class)
                .hasMessageContaining(reason);
    }
}
