package org.kemari.itests.bench;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the command line asks for.
 *
 * @param help only say what can be asked for
 * @param quick few rounds and small cells: a test of the bench more than a measurement
 * @param record write RESULTS.md
 * @param only names of the benchmarks to run; empty for all
 * @param rounds rounds of what is compared
 * @param takeovers takeovers per cell
 * @param exchanges rounds in which each bundle is exchanged in each way on each host
 */
record Options(
        boolean help, boolean quick, boolean record, Set<String> only, int rounds, int takeovers, int exchanges) {
    static final String USAGE =
            """
            ./kemari bench [--quick] [--record] [--only NAME]... [--rounds N] [--takeovers N]
                            [--exchanges N]

              --quick        few rounds, under three minutes: whether it works, more than how fast
              --record       write itests/bench/RESULTS.md; otherwise target/bench/RESULTS.md
              --only NAME    one benchmark, or several: %s
              --rounds N     rounds of what is compared, default 5
              --takeovers N  takeovers per cell, default 5; with 0 only checkpoints are measured
              --exchanges N  rounds of exchanging each bundle in each way on each host, default 2
            """;

    private static final int ROUNDS = 5;
    private static final int EXCHANGES = 2;
    private static final int MOST = 1000;

    Options {
        only = Set.copyOf(only);
    }

    /**
     * Reads the command line.
     *
     * @param names the benchmarks there are
     * @throws IllegalArgumentException with a sentence that tells what is wrong
     */
    static Options parse(List<String> arguments, List<String> names) {
        boolean help = false;
        boolean quick = false;
        boolean record = false;
        Set<String> only = new LinkedHashSet<>();
        int rounds = 0;
        int takeovers = -1;
        int exchanges = 0;
        for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--help", "-h", "help" -> help = true;
                case "--quick" -> quick = true;
                case "--record" -> record = true;
                case "--only" -> only.addAll(List.of(Words.value(word, words).split(",")));
                case "--rounds" -> rounds = Words.number(word, words, 1, MOST);
                case "--takeovers" -> takeovers = Words.number(word, words, 0, MOST);
                case "--exchanges" -> exchanges = Words.number(word, words, 1, MOST);
                default -> throw new IllegalArgumentException("there is no option '" + word + "'; see --help");
            }
        }
        for (String name : only) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("there is no benchmark '" + name + "'; there are "
                        + names.stream().collect(Collectors.joining(", ")));
            }
        }
        int standard = quick ? 1 : ROUNDS;
        return new Options(
                help,
                quick,
                record,
                only,
                rounds > 0 ? rounds : standard,
                takeovers >= 0 ? takeovers : standard,
                exchanges > 0 ? exchanges : Math.min(standard, EXCHANGES));
    }

    boolean wants(String benchmark) {
        return only.isEmpty() || only.contains(benchmark);
    }

    /** Seconds of a measurement, shortened for a quick run. */
    double seconds(double full) {
        return quick ? Math.min(full, Math.max(1, full / 4)) : full;
    }
}
