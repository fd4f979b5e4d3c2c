package org.kemari.itests.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void percentilesAreValuesThatWereMeasured() {
        Samples samples = new Samples();
        for (int i = 100; i >= 1; i--) {
            samples.add(i);
        }
        assertThat(samples.median()).isEqualTo(50);
        assertThat(samples.percentile(95)).isEqualTo(95);
        assertThat(samples.percentile(99)).isEqualTo(99);
        assertThat(samples.max()).isEqualTo(100);
        assertThat(samples.percentile(0)).isEqualTo(1);
        assertThat(samples.mean()).isEqualTo(50.5);
    }

    @Test
    void ofFewTheTailIsTheLargest() {
        Samples samples = Samples.of(List.of(3.0, 1.0, 2.0));
        assertThat(samples.median()).isEqualTo(2);
        assertThat(samples.percentile(95)).isEqualTo(3);
    }

    @Test
    void ofNoneThereIsNothing() {
        assertThat(new Samples().median()).isNaN();
        assertThat(new Samples().mean()).isNaN();
    }

    @Test
    void silenceIsTheLongestGapThatEndsLater() {
        List<Ping.Reply> replies =
                List.of(new Ping.Reply(0, 1), new Ping.Reply(500, 1), new Ping.Reply(510, 1), new Ping.Reply(610, 1));
        assertThat(Ping.longestSilenceMillis(replies, 505)).isEqualTo(100);
        assertThat(Ping.longestSilenceMillis(replies, 100)).isEqualTo(500);
        assertThat(Ping.longestSilenceMillis(replies, 700)).isNaN();
    }
}
