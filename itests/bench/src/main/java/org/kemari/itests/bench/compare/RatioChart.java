package org.kemari.itests.bench.compare;

import java.util.List;
import java.util.stream.DoubleStream;
import org.kemari.itests.bench.Table;

/** Bars: how fast each workload is in each mode, compared with the base. */
final class RatioChart {
    private static final int LEFT = 220;
    private static final int RIGHT = 860;
    private static final int WIDTH = 1000;
    private static final int TOP = 80;
    private static final int BAR = 11;
    private static final int GAP = 14;
    /** A workload that is faster than this is cut off; its number tells. */
    private static final double LONGEST = 1.6;

    private RatioChart() {}

    /**
     * Draws them.
     *
     * @param modes names of the modes but the base
     */
    static String draw(Sheet sheet, List<Figure> figures, List<String> modes, String base) {
        int group = modes.size() * BAR + GAP;
        int bottom = TOP + figures.size() * group;
        Svg svg = new Svg(
                WIDTH,
                bottom + 50,
                "Speed, compared with " + base,
                "median of the rounds' ratios, and their interval; longer is faster");
        double most = figures.stream()
                .flatMap(figure -> modes.stream().map(mode -> interval(sheet, mode, base, figure)))
                .flatMapToDouble(interval -> DoubleStream.of(interval.high()))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        Scale x = Scale.linear(Math.max(1, Math.min(most, LONGEST)), LEFT, RIGHT);
        svg.horizontal(x, TOP, bottom, "ratio");
        svg.line(x.at(1), TOP, x.at(1), bottom, "stroke=\"black\" stroke-dasharray=\"4 3\"");
        for (int i = 0; i < figures.size(); i++) {
            double y = TOP + i * group + GAP / 2.0;
            svg.text(
                    LEFT - 8,
                    y + modes.size() * BAR / 2.0 + 4,
                    "text-anchor=\"end\"",
                    figures.get(i).subject());
            for (int j = 0; j < modes.size(); j++) {
                bar(svg, x, y + j * BAR, Svg.colour(modes.get(j)), interval(sheet, modes.get(j), base, figures.get(i)));
            }
        }
        svg.legend(RIGHT + 30, TOP, modes, Svg::colour);
        return svg.finish();
    }

    private static MedianInterval interval(Sheet sheet, String mode, String base, Figure figure) {
        return MedianInterval.of(sheet.ratios(mode, base, figure));
    }

    private static void bar(Svg svg, Scale x, double y, String colour, MedianInterval interval) {
        if (Double.isNaN(interval.median())) {
            return;
        }
        svg.rectangle(LEFT, y, x.at(interval.median()) - LEFT, BAR - 1, "fill=\"" + colour + "\"");
        double middle = y + BAR / 2.0 - 0.5;
        svg.line(x.at(interval.low()), middle, x.at(interval.high()), middle, "stroke=\"black\"");
        svg.text(
                Math.max(x.at(interval.median()), x.at(interval.high())) + 4,
                y + BAR - 2,
                "font-size=\"9\" fill=\"#555\"",
                Table.number(interval.median()));
    }
}
