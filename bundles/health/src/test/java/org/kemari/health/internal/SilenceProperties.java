package org.kemari.health.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.kemari.api.health.PeerState;

/** What silence means, over long simulated times: replies with delays, pauses of either host, and the end of a peer. */
class SilenceProperties {
    private static final Times DEFAULT = new Times(Duration.ofMillis(50), Duration.ofMillis(500));
    private static final String PATH = "10.0.0.2:7171";

    /** A peer that answers with delays, in order as TCP does, seen by a host whose ticks come as they are given. */
    private static final class Exchange {
        final Times times;
        final PeerDetector detector;
        final Deque<Long> arrivals = new ArrayDeque<>();
        final List<String> stale = new ArrayList<>();
        long micros;
        long nextBeat;
        long lastArrival;
        int losses;

        Exchange(Times times) {
            this.times = times;
            this.detector = new PeerDetector("west", List.of(PATH), times, now());
            detector.connected(PATH, now());
            detector.heard(PATH, now());
        }

        Moment now() {
            return new Moment(micros * 1000, micros / 1000);
        }

        long period() {
            return times.period().toMillis() * 1000;
        }

        /** Until that moment: beats every period, replies delayed by these times, ticks twice a period. */
        void run(long untilMicros, Delay delay) {
            while (micros < untilMicros) {
                micros += period() / 2;
                while (nextBeat <= micros) {
                    long arrival = Math.max(lastArrival, nextBeat + delay.micros());
                    lastArrival = arrival;
                    arrivals.add(arrival);
                    nextBeat += period();
                }
                deliver();
                tick();
            }
        }

        /** We do not run for so long; what the peer still says waits in the socket. Beats are not sent meanwhile. */
        void pause(long duration, boolean tickFirst) {
            micros += duration;
            nextBeat = Math.max(nextBeat, micros);
            if (tickFirst) {
                tick();
            }
            deliver();
            tick();
        }

        void deliver() {
            while (!arrivals.isEmpty() && arrivals.peek() <= micros) {
                long seen = arrivals.poll();
                // Seen when we run, which may be later than it came.
                losses += detector.heard(PATH, new Moment(Math.max(seen, micros - period() / 2) * 1000, seen / 1000))
                                && detector.losses() > losses
                        ? 1
                        : 0;
            }
        }

        void tick() {
            detector.tick(now(), stale);
        }
    }

    private interface Delay {
        long micros();
    }

    private static Times times(int period, int timeoutPeriods) {
        return new Times(Duration.ofMillis(period), Duration.ofMillis((long) period * timeoutPeriods));
    }

    @Property(tries = 100)
    void neverLostWhileRepliesKeepComing(
            @ForAll @IntRange(min = 5, max = 1000) int period,
            @ForAll @IntRange(min = 3, max = 40) int timeoutPeriods,
            @ForAll long seed) {
        Exchange exchange = new Exchange(times(period, timeoutPeriods));
        Random random = new Random(seed);
        // A reply may come any time before the next beat: an interval is less than two periods.
        exchange.run(1500L * exchange.period(), () -> (long) (random.nextDouble() * exchange.period() * 0.98));
        assertThat(exchange.detector.losses()).isZero();
        assertThat(exchange.detector.state()).isEqualTo(PeerState.ALIVE);
    }

    @Property(tries = 200)
    void silenceIsFoundInTimeAndNotTooSoon(
            @ForAll @IntRange(min = 5, max = 1000) int period,
            @ForAll @IntRange(min = 3, max = 40) int timeoutPeriods,
            @ForAll @IntRange(max = 300) int beatsBefore,
            @ForAll @IntRange(max = 99) int jitterPercent,
            @ForAll long seed) {
        Exchange exchange = new Exchange(times(period, timeoutPeriods));
        Random random = new Random(seed);
        long p = exchange.period();
        exchange.run(beatsBefore * p, () -> (long) (random.nextDouble() * p * jitterPercent / 100));
        long heard = exchange.detector.paths().get(0).lastHeardEpochMillis() * 1000;
        exchange.arrivals.clear();
        while (exchange.detector.state() == PeerState.ALIVE) {
            exchange.micros += p / 2;
            exchange.tick();
        }
        long silence = exchange.micros - heard;
        assertThat(silence).isGreaterThanOrEqualTo(3 * p);
        assertThat(silence).isLessThanOrEqualTo(timeoutPeriods * p + p + 1000);
        assertThat(exchange.stale).containsExactly(PATH);
    }

    @Property(tries = 200)
    void ourPausesAreNotTheirSilence(
            @ForAll @IntRange(min = 1, max = 20) int pauses,
            @ForAll @IntRange(min = 1, max = 100_000) int longestMillis,
            @ForAll boolean tickFirst,
            @ForAll long seed) {
        Exchange exchange = new Exchange(DEFAULT);
        Random random = new Random(seed);
        for (int i = 0; i < pauses; i++) {
            exchange.run(exchange.micros + random.nextInt(3_000_000), () -> 200 + random.nextInt(2000));
            exchange.pause(1000L * (1 + random.nextInt(longestMillis)), tickFirst);
        }
        exchange.run(exchange.micros + 2_000_000, () -> 200);
        assertThat(exchange.detector.losses()).isZero();
    }

    /**
     * Delays as they are measured between hosts that have something to do: mostly a fraction of a millisecond, now and
     * then some milliseconds, rarely a pause of the other host (collection of garbage, a processor that was taken away) of up to
     * 200 ms, often several of these in a row.
     */
    @Property(tries = 30)
    void heavyTailsAreNoLosses(@ForAll long seed) {
        Exchange exchange = new Exchange(DEFAULT);
        Random random = new Random(seed);
        long[] pausedUntil = {0};
        exchange.run(10L * 60_000_000, () -> {
            double luck = random.nextDouble();
            double delay = Math.exp(random.nextGaussian() * 0.8 + Math.log(250));
            if (luck < 0.02) {
                // Pareto with index 1.5 from 1 ms
                delay += Math.min(150_000, 1000 / Math.pow(1 - random.nextDouble(), 1 / 1.5));
            }
            if (luck > 0.997) {
                pausedUntil[0] = exchange.nextBeat + 20_000 + random.nextInt(180_000);
            }
            return (long) Math.max(delay, pausedUntil[0] - exchange.nextBeat);
        });
        assertThat(exchange.detector.losses()).isZero();
    }

    /** A host that pauses for longer and longer is given the time for it, up to the time-out. */
    @Property(tries = 30)
    void aHostThatPausesIsGivenTheTime(@ForAll long seed) {
        Exchange exchange = new Exchange(DEFAULT);
        Random random = new Random(seed);
        exchange.run(3_000_000, () -> 200);
        for (int pause = 150; pause <= 400; pause += 25) {
            long end = exchange.nextBeat + pause * 1000L;
            exchange.run(end, () -> end - exchange.nextBeat);
            exchange.run(exchange.micros + 500_000 + random.nextInt(1_000_000), () -> 200);
        }
        assertThat(exchange.detector.losses()).isZero();
    }

    @Property(tries = 50)
    void suspicionOnlyGrowsWithSilence(@ForAll @IntRange(max = 100) int beats, @ForAll long seed) {
        Random random = new Random(seed);
        Arrivals arrivals = new Arrivals();
        for (int i = 0; i < beats; i++) {
            arrivals.add(random.nextInt(200_000_000), DEFAULT.timeoutNanos());
        }
        double last = 0;
        for (long silent = 0; silent < 20_000_000_000L; silent += 7_000_000) {
            double phi = arrivals.phi(silent, DEFAULT);
            assertThat(phi).isBetween(last, 100.0);
            last = phi;
        }
        assertThat(last).isEqualTo(100.0);
    }

    @Property(tries = 50)
    void theWindowForgets(@ForAll @IntRange(min = 51, max = 500) int pause) {
        Arrivals arrivals = new Arrivals();
        arrivals.add(pause * 1_000_000L, DEFAULT.timeoutNanos());
        for (int i = 0; i < Arrivals.WINDOW; i++) {
            arrivals.add(50_000_000, DEFAULT.timeoutNanos());
        }
        Arrivals fresh = new Arrivals();
        for (int i = 0; i < Arrivals.WINDOW; i++) {
            fresh.add(50_000_000, DEFAULT.timeoutNanos());
        }
        assertThat(arrivals.count()).isEqualTo(Arrivals.WINDOW);
        assertThat(arrivals.phi(300_000_000, DEFAULT)).isEqualTo(fresh.phi(300_000_000, DEFAULT));
    }
}
