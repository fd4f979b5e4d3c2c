package org.kemari.itests.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MedianIntervalTest {
    @Test
    void ofFewValuesTheIntervalIsTheirRange() {
        MedianInterval three = MedianInterval.of(List.of(0.9, 0.7, 0.8));
        assertThat(three.median()).isEqualTo(0.8);
        assertThat(three.low()).isEqualTo(0.7);
        assertThat(three.high()).isEqualTo(0.9);
        // all three on one side of the median: 2 / 2^3
        assertThat(three.confidence()).isEqualTo(0.75);
        assertThat(three.words()).isEqualTo("0.80 [0.70, 0.90]");
    }

    @Test
    void fromSixOnItHasTheConfidenceThatIsWanted() {
        assertThat(MedianInterval.confidence(5, 0)).isLessThan(0.95);
        assertThat(MedianInterval.confidence(6, 0)).isEqualTo(0.96875);
    }

    @Test
    void ofManyTheEndsAreLeftOut() {
        List<Double> values = new ArrayList<>();
        for (int i = 20; i >= 1; i--) {
            values.add((double) i);
        }
        MedianInterval interval = MedianInterval.of(values);
        assertThat(interval.median()).isEqualTo(10.5);
        // as tables of the sign test have it: 6th and 15th of 20, 95.9 %
        assertThat(interval.low()).isEqualTo(6);
        assertThat(interval.high()).isEqualTo(15);
        assertThat(interval.confidence()).isCloseTo(0.9586, within(0.0001));
    }

    @Test
    void itCoversTheTrueMedianAsOftenAsItSays() {
        Random random = new Random(1);
        int covered = 0;
        int tries = 4000;
        double confidence = 0;
        for (int i = 0; i < tries; i++) {
            List<Double> values = new ArrayList<>();
            for (int j = 0; j < 9; j++) {
                // skewed, with median 1
                values.add(Math.exp(random.nextGaussian()));
            }
            MedianInterval interval = MedianInterval.of(values);
            confidence = interval.confidence();
            covered += interval.low() <= 1 && interval.high() >= 1 ? 1 : 0;
        }
        assertThat((double) covered / tries).isCloseTo(confidence, within(0.02));
    }

    @Test
    void oneRoundHasNoIntervalAndNoneHasNothing() {
        assertThat(MedianInterval.of(List.of(0.5)).words()).isEqualTo("0.50");
        assertThat(MedianInterval.of(List.of()).words()).isEqualTo("–");
        assertThat(MedianInterval.explain(1)).contains("no interval");
        assertThat(MedianInterval.explain(3)).contains("75.0 %").contains("six");
        assertThat(MedianInterval.explain(6)).contains("96.9 %").doesNotContain("six");
    }
}
