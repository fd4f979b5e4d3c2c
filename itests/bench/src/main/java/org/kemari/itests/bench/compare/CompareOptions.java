package org.kemari.itests.bench.compare;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.kemari.itests.bench.Words;

/**
 * What the command line asks for.
 *
 * @param help only say what can be asked for
 * @param quick one round of short samples: a test of the comparison more than a measurement
 * @param record write itests/bench/COMPARE.md
 * @param modes names of the modes; empty for all
 * @param workloads names of the workloads; empty for all
 * @param rounds rounds
 * @param seconds length of a sample
 */
record CompareOptions(
        boolean help,
        boolean quick,
        boolean record,
        Set<String> modes,
        Set<String> workloads,
        int rounds,
        double seconds) {
    static final String USAGE =
            """
            ./kemari bench compare [--quick] [--record] [--mode NAME]... [--workload NAME]...
                                   [--rounds N] [--seconds N]

            The same guest and the same programs in several modes, turn about; installs redis-tools,
            fio, iperf3 and wrk if they are missing.

              --quick          one round of short samples: whether it works, more than how fast
              --record         write itests/bench/COMPARE.md, and CSV and SVG files into
                               itests/bench/compare; otherwise target/bench/compare
              --mode NAME      one mode, or several: %s
              --workload NAME  one workload, or several: %s
              --rounds N       rounds, default 3; from 6 on an interval has 95 %% confidence
              --seconds N      length of a sample, default 2, at most 60

            The mode colo sets Kemari beside QEMU's own COLO, on the same QEMU, with the same guest, load and
            period, and writes COLO.md instead of COMPARE.md. It needs a QEMU of version 11.1 or later:
            itests/bench/colo-qemu unpacks one where it is found; another one is named by the environment
            variable KEMARI_COLO_QEMU.
            """;

    private static final int ROUNDS = 3;
    private static final int SECONDS = 2;
    private static final int MOST_ROUNDS = 100;
    private static final int MOST_SECONDS = 60;

    CompareOptions {
        modes = Set.copyOf(modes);
        workloads = Set.copyOf(workloads);
    }

    /**
     * Reads the command line.
     *
     * @param modeNames the modes there are
     * @param workloadNames the workloads there are
     * @throws IllegalArgumentException with a sentence that tells what is wrong
     */
    static CompareOptions parse(List<String> arguments, List<String> modeNames, List<String> workloadNames) {
        boolean help = false;
        boolean quick = false;
        boolean record = false;
        Set<String> modes = new LinkedHashSet<>();
        Set<String> workloads = new LinkedHashSet<>();
        int rounds = 0;
        int seconds = 0;
        for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--help", "-h", "help" -> help = true;
                case "--quick" -> quick = true;
                case "--record" -> record = true;
                case "--mode" -> modes.addAll(known("mode", Words.value(word, words), modeNames));
                case "--workload" -> workloads.addAll(known("workload", Words.value(word, words), workloadNames));
                case "--rounds" -> rounds = Words.number(word, words, 1, MOST_ROUNDS);
                case "--seconds" -> seconds = Words.number(word, words, 1, MOST_SECONDS);
                default -> throw new IllegalArgumentException("there is no option '" + word + "'; see --help");
            }
        }
        return new CompareOptions(
                help,
                quick,
                record,
                modes,
                workloads,
                rounds > 0 ? rounds : quick ? 1 : ROUNDS,
                seconds > 0 ? seconds : quick ? 1 : SECONDS);
    }

    boolean wantsMode(String name) {
        return modes.isEmpty() || modes.contains(name);
    }

    boolean wantsWorkload(String name) {
        return workloads.isEmpty() || workloads.contains(name);
    }

    private static List<String> known(String what, String value, List<String> names) {
        List<String> wanted = List.of(value.split(","));
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no " + what + " '" + name + "'; there are " + String.join(", ", names));
            }
        }
        return wanted;
    }
}
