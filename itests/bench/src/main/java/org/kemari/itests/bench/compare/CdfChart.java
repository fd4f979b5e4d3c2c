package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.kemari.itests.bench.Samples;

/** Lines: how many percent of the values are no larger than one, for several series. */
final class CdfChart {
    private static final int LEFT = 60;
    private static final int RIGHT = 820;
    private static final int TOP = 90;
    private static final int BOTTOM = 460;
    private static final double STEP_PERCENT = 0.5;
    private static final double SMALLEST = 0.01;

    private CdfChart() {}

    /**
     * Draws them.
     *
     * @param series values by name, in order; those without values are left out
     * @param unit of the values
     * @param colours by the name of a series
     */
    static String draw(
            String title, String explanation, Map<String, Samples> series, String unit, UnaryOperator<String> colours) {
        Svg svg = new Svg(980, BOTTOM + 60, title, explanation);
        List<Samples> all =
                series.values().stream().filter(samples -> !samples.isEmpty()).toList();
        double least = all.stream().mapToDouble(s -> s.percentile(0)).min().orElse(1);
        double most = all.stream().mapToDouble(Samples::max).max().orElse(10);
        Scale x = Scale.logarithmic(Math.max(SMALLEST, least), Math.max(SMALLEST, most), LEFT, RIGHT);
        Scale y = new Scale(0, 100, BOTTOM, TOP, false);
        svg.horizontal(x, TOP, BOTTOM, unit);
        svg.vertical(y, LEFT, RIGHT, "%");
        List<String> names = new ArrayList<>(series.keySet());
        for (int i = 0; i < names.size(); i++) {
            Samples samples = Objects.requireNonNull(series.get(names.get(i)));
            List<String> points = new ArrayList<>();
            for (double percent = 0; !samples.isEmpty() && percent <= 100; percent += STEP_PERCENT) {
                points.add(Svg.point(x.at(samples.percentile(percent)), y.at(percent)));
            }
            if (!points.isEmpty()) {
                svg.path(points, "stroke=\"" + colours.apply(names.get(i)) + "\" stroke-width=\"2\"");
            }
        }
        svg.legend(RIGHT + 20, TOP, names, colours);
        return svg.finish();
    }
}
