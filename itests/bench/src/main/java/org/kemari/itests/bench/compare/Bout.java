package org.kemari.itests.bench.compare;

import java.util.List;
import java.util.Locale;

/**
 * What one pair did in one round.
 *
 * @param round number of the round, from 1
 * @param side {@link #KEMARI} or {@link #COLO}
 * @param dirtied pages that the guest was asked to write in a period
 * @param checkpoints those that were looked at
 * @param takeoverMillis from the end of the primary's QEMU until the other one ran the guest
 */
record Bout(int round, String side, int dirtied, List<Checkpoint> checkpoints, double takeoverMillis) {
    static final String KEMARI = "kemari";
    static final String COLO = "colo";

    Bout {
        checkpoints = List.copyOf(checkpoints);
    }

    /** One line for each checkpoint. */
    static String csv(List<Bout> bouts) {
        StringBuilder text = new StringBuilder("round,side,dirtied_per_period,checkpoint,pages,pause_ms,stop_ms\n");
        for (Bout bout : bouts) {
            int number = 0;
            for (Checkpoint checkpoint : bout.checkpoints) {
                number++;
                text.append(String.format(
                        Locale.ROOT,
                        "%d,%s,%d,%d,%d,%.3f,%.3f%n",
                        bout.round,
                        bout.side,
                        bout.dirtied,
                        number,
                        checkpoint.pages(),
                        checkpoint.pauseMillis(),
                        checkpoint.stopMillis()));
            }
        }
        return text.toString();
    }

    /** One line for each takeover. */
    static String takeoverCsv(List<Bout> bouts) {
        StringBuilder text = new StringBuilder("round,side,dirtied_per_period,takeover_ms\n");
        bouts.forEach(bout -> text.append(String.format(
                Locale.ROOT, "%d,%s,%d,%.1f%n", bout.round, bout.side, bout.dirtied, bout.takeoverMillis)));
        return text.toString();
    }
}
