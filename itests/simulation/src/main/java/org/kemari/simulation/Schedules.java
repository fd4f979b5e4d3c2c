package org.kemari.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.kemari.protection.internal.SimulatedKemari;

/** Runs schedules, each on one thread, several at a time. */
public final class Schedules {
    /**
     * A schedule that has broken an invariant.
     *
     * @param plan what was run
     * @param violation what was found
     */
    public record Failure(Plan plan, Throwable violation) {
        @Override
        public String toString() {
            return "seed " + plan.seed() + ": " + violation.getMessage();
        }
    }

    private final Coverage coverage = new Coverage();

    /** What has happened in all schedules that were run. */
    public Coverage coverage() {
        return coverage;
    }

    /** Runs one schedule; returns what is wrong with it. */
    public Optional<Failure> run(Plan plan, Consumer<String> trace) {
        World world = new World(plan, SimulatedKemari::new, trace);
        try {
            world.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(new Failure(plan, e));
        } finally {
            coverage.addAll(world.coverage);
        }
    }

    /**
     * Runs the schedules of consecutive seeds until one fails.
     *
     * @param hosts number of hosts; 0: as the seeds say
     * @return of those that failed, the one with the smallest seed
     */
    public Optional<Failure> run(long firstSeed, long schedules, int hosts, Variant variant)
            throws InterruptedException {
        AtomicLong next = new AtomicLong(firstSeed);
        AtomicReference<Failure> worst = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(
                    () -> {
                        long seed = next.getAndIncrement();
                        while (seed < firstSeed + schedules && worst.get() == null) {
                            run(Plan.of(seed, variant, hosts), null)
                                    .ifPresent(f -> worst.accumulateAndGet(f, Schedules::smaller));
                            seed = next.getAndIncrement();
                        }
                    },
                    "kemari-simulation-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return Optional.ofNullable(worst.get());
    }

    private static Failure smaller(Failure a, Failure b) {
        return a == null || b.plan().seed() < a.plan().seed() ? b : a;
    }
}
