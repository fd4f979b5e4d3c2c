package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.kemari.itests.bench.Samples;

/** How long the guest pauses, against the pages of a checkpoint: two curves for each side. */
final class ContestChart {
    private static final int LEFT = 60;
    private static final int RIGHT = 760;
    private static final int TOP = 90;
    private static final int BOTTOM = 460;
    private static final int WIDTH = 980;

    private static final Map<String, String> COLOURS = Map.of(Bout.KEMARI, Svg.colour(2), Bout.COLO, Svg.colour(4));
    private static final UnaryOperator<String> COLOUR = side -> COLOURS.getOrDefault(side, Svg.colour(0));

    private ContestChart() {}

    /**
     * Draws them.
     *
     * @param dirtied the pages written in a period, ascending; a point of a curve each
     */
    static String draw(ContestPage page, List<Integer> dirtied) {
        Svg svg = new Svg(
                WIDTH,
                BOTTOM + 60,
                "Pause against dirty pages, a checkpoint every " + Contest.PERIOD_MILLIS + " ms",
                "median (full) and p99 (dashed) over the checkpoints of all rounds; a dot for each checkpoint");
        List<String> sides = List.of(Bout.KEMARI, Bout.COLO);
        Scale x = Scale.linear(most(page, sides, dirtied, 100, Checkpoint::pages), LEFT, RIGHT);
        Scale y = Scale.linear(most(page, sides, dirtied, 99, Checkpoint::pauseMillis), BOTTOM, TOP);
        svg.vertical(y, LEFT, RIGHT, "ms");
        svg.horizontal(x, TOP, BOTTOM, "pages of 4 KiB in a checkpoint");
        for (String side : sides) {
            String colour = COLOUR.apply(side);
            List<String> medians = new ArrayList<>();
            List<String> tails = new ArrayList<>();
            for (int rate : dirtied) {
                List<Checkpoint> all = page.checkpoints(side, rate);
                all.forEach(one -> svg.circle(
                        x.at(one.pages()), y.at(one.pauseMillis()), 1.2, "fill=\"" + colour + "\" opacity=\"0.3\""));
                Samples pauses = Checkpoint.samples(all, Checkpoint::pauseMillis);
                if (!pauses.isEmpty()) {
                    double at = x.at(page.pages(side, rate));
                    medians.add(Svg.point(at, y.at(pauses.median())));
                    tails.add(Svg.point(at, y.at(pauses.percentile(99))));
                }
            }
            svg.path(medians, "stroke=\"" + colour + "\" stroke-width=\"2\"");
            svg.path(tails, "stroke=\"" + colour + "\" stroke-width=\"2\" stroke-dasharray=\"5 4\"");
        }
        svg.legend(RIGHT + 20, TOP, sides, COLOUR);
        return svg.finish();
    }

    /** The largest percentile that is drawn. */
    private static double most(
            ContestPage page,
            List<String> sides,
            List<Integer> dirtied,
            double percent,
            ToDoubleFunction<Checkpoint> value) {
        return sides.stream()
                .flatMap(side -> dirtied.stream().map(rate -> page.checkpoints(side, rate)))
                .filter(all -> !all.isEmpty())
                .mapToDouble(all -> Checkpoint.samples(all, value).percentile(percent))
                .max()
                .orElse(1);
    }
}
