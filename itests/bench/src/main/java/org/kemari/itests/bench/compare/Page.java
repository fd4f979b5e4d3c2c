package org.kemari.itests.bench.compare;

import java.util.List;
import java.util.Map;
import org.kemari.itests.bench.Table;

/**
 * The whole result as a Markdown page.
 *
 * @param commandLine what it was written by
 * @param machine what it was measured on
 * @param workloads what was measured
 * @param notes what was not, and why
 */
record Page(String commandLine, Map<String, String> machine, List<Workload> workloads, List<String> notes) {
    private static final String METHOD =
            """
            Both hosts, their guests and the clients share one machine; every figure includes what they take from each other.
            Each round runs every mode once, in an order that is another one in each round, and each mode has a guest of its
            own that has just booted, on the same host and the same switch. Rates and times are those of the world outside: what
            a program in the guest tells is converted, since its clock stands still in a pause.

            The modes named after Remus are Kemari with a fixed period, not Remus: with `minEpochGap` and `maxEpochAge` both at
            N ms the next checkpoint begins exactly N ms after the last one began, whether or not outputs are held, or as soon
            as the last one is committed if that takes longer. Disk writes are not held there, as Remus does not hold them either.

            How little of a TCP connection is left with a long fixed period is no artefact. Every packet of the guest waits for the end
            of its period, so a round trip takes anything up to N ms, and the times differ from packet to packet. CUBIC takes that for
            a queue, ends its slow start (HyStart) at a window of a few packets, and widens it slowly from there: at 100 ms, the guest's
            window was 78 KB after one second and 320 KB after four, and the rate rose from 0.4 to 2.9 MB/s. With HyStart switched
            off in the guest (`/sys/module/tcp_cubic/parameters/hystart`) it was 14 to 26 MB/s after the first second. A
            relay without Kemari and without a guest, which holds the frames of one direction until the next multiple of 100 ms, left
            0.8 to 1.1 MB/s, with CUBIC and with BBR. So what is told is the beginning of a connection, as long as a sample is (`--seconds`). A ping waits for the rest of its
            period: N/2 ms in the median, and a little more for the checkpoint.

            """;

    String markdown(Report report, Map<String, String> drawings, String prefix) {
        StringBuilder text = new StringBuilder("# Modes compared\n\nWritten by `" + commandLine + "`.\n");
        text.append(METHOD);
        machine.forEach((name, words) -> item(text, name, words));
        text.append("\nModes:\n\n");
        report.modes().forEach(mode -> item(text, mode.name(), mode.words()));
        text.append("\nWorkloads:\n\n");
        workloads.forEach(workload -> item(text, workload.name(), workload.words()));
        text.append('\n');
        notes.forEach(note -> text.append(note).append("\n\n"));
        report.tables().stream().map(Table::markdown).forEach(text::append);
        if (!drawings.isEmpty()) {
            text.append("## Drawings\n\nAll values are in `samples.csv`, `ping.csv` and `pauses.csv` beside them.\n\n");
            drawings.forEach((file, words) -> text.append("![" + words + "](" + prefix + file + ")\n\n"));
        }
        return text.toString().stripTrailing() + "\n";
    }

    private static void item(StringBuilder text, String name, String words) {
        text.append("- ").append(name).append(": ").append(words).append('\n');
    }
}
