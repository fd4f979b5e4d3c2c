package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.api.transfer.SyncProgress;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "1048575, 1 MiB",
        "536870912, 512 MiB",
        "10737418240, 10 GiB",
        "9223372036854775807, 8192 PiB"
    })
    void bytes(long bytes, String text) {
        assertThat(Quantity.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 us",
        "999, 999 us",
        "1000, 1 ms",
        "1234, 1.2 ms",
        "999499, 999 ms",
        "999500, 1 s",
        "59900000, 60 s",
        "200000000, 3 min 20 s"
    })
    void micros(long micros, String text) {
        assertThat(Quantity.micros(micros)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-5, 0 s",
        "59999, 59 s",
        "60000, 1 min",
        "200000, 3 min 20 s",
        "7500000, 2 h 5 min",
        "349200000, 4 d 1 h",
        "345600000, 4 d"
    })
    void durations(long millis, String text) {
        assertThat(Quantity.duration(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, [                    ]   0 %",
        "25, 100, [#####               ]  25 %",
        "999, 1000, [################### ]  99 %",
        "100, 100, [####################] 100 %",
        "120, 100, [####################] 100 %",
        "-1, 100, [                    ]   0 %",
        "5, 0, [                    ]   0 %"
    })
    void bars(long done, long total, String text) {
        assertThat(Progress.bar(done, total)).isEqualTo(text);
    }

    @Test
    void aSyncInALine() {
        assertThat(Progress.of(new SyncProgress("memory and disks", 2, 1L << 30, 4L << 30, 0, 100L << 20, 31_000)))
                .isEqualTo(
                        "[#####               ]  25 % memory and disks, round 2, 1 GiB of 4 GiB, 100 MiB/s, 31 s left");
        assertThat(Progress.of(new SyncProgress("comparing disks", 0, 1, 4, 0, 2, -1)))
                .isEqualTo("[#####               ]  25 % comparing disks, 1 B of 4 B, 2 B/s");
    }
}
