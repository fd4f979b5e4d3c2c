package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How long the guest pauses, against what may be the reason. */
final class PauseChart {
    private static final int LEFT = 60;
    private static final int RIGHT = 760;
    private static final int TOP = 90;
    private static final int BOTTOM = 460;
    private static final int WIDTH = 980;

    private PauseChart() {}

    /** Points: the pages of a checkpoint, and the pause; a colour for each mode. */
    static String againstPages(List<Pause> pauses) {
        Svg svg = new Svg(
                WIDTH,
                BOTTOM + 60,
                "Pause against dirty pages",
                "one session each: median pages of its checkpoints, median (filled) and p99 (ring) of its pauses");
        List<String> modes = pauses.stream().map(Pause::mode).distinct().toList();
        double most = pauses.stream().mapToDouble(Pause::pages).max().orElse(1);
        Scale x = Scale.logarithmic(1, Math.max(10, most), LEFT, RIGHT);
        Scale y = vertical(pauses, svg);
        svg.horizontal(x, TOP, BOTTOM, "pages of 4 KiB in a checkpoint");
        for (Pause p : pauses) {
            String colour = Svg.colour(p.mode());
            svg.circle(x.at(p.pages()), y.at(p.pause().p50()), 4, "fill=\"" + colour + "\"");
            svg.circle(x.at(p.pages()), y.at(p.pause().p99()), 4, "fill=\"none\" stroke=\"" + colour + "\"");
        }
        svg.legend(RIGHT + 20, TOP, modes, Svg::colour);
        return svg.finish();
    }

    /** Lines: the size of memory, and the pause; a line for each rate of writing and each mode that has several sizes. */
    static String againstMemory(List<Pause> all) {
        List<Pause> pauses = all.stream()
                .filter(p -> all.stream().anyMatch(q -> q.mode().equals(p.mode()) && q.memoryMib() != p.memoryMib()))
                .toList();
        Svg svg = new Svg(
                WIDTH,
                BOTTOM + 60,
                "Pause against memory size",
                "a line for each mode and number of pages written per second: median (full) and p99 (dashed) of the pauses");
        List<Integer> sizes =
                pauses.stream().map(Pause::memoryMib).distinct().sorted().toList();
        double most = sizes.isEmpty() ? 1 : sizes.get(sizes.size() - 1);
        Scale x = Scale.linear(most, LEFT, RIGHT);
        Scale y = vertical(pauses, svg);
        svg.horizontal(x, TOP, BOTTOM, "memory, MiB");
        Map<String, List<Pause>> lines = pauses.stream()
                .sorted(Comparator.comparing(Pause::mode).thenComparing(Pause::dirtiedPerSecond))
                .collect(Collectors.groupingBy(
                        p -> p.mode() + ", " + p.dirtiedPerSecond() + "/s", LinkedHashMap::new, Collectors.toList()));
        List<String> names = List.copyOf(lines.keySet());
        lines.forEach((name, points) -> {
            String stroke = "stroke=\"" + Svg.colour(names.indexOf(name)) + "\" stroke-width=\"2\"";
            line(svg, x, y, points, stroke, false);
            line(svg, x, y, points, stroke + " stroke-dasharray=\"5 4\"", true);
        });
        svg.legend(RIGHT + 20, TOP, names, name -> Svg.colour(names.indexOf(name)));
        return svg.finish();
    }

    private static Scale vertical(List<Pause> pauses, Svg svg) {
        double longest = pauses.stream().mapToDouble(p -> p.pause().p99()).max().orElse(1);
        Scale y = Scale.linear(longest, BOTTOM, TOP);
        svg.vertical(y, LEFT, RIGHT, "ms");
        return y;
    }

    /** Through the medians of the rounds. */
    private static void line(Svg svg, Scale x, Scale y, List<Pause> pauses, String attributes, boolean tail) {
        Map<Integer, List<Pause.Millis>> bySize = new TreeMap<>();
        pauses.forEach(p ->
                bySize.computeIfAbsent(p.memoryMib(), size -> new ArrayList<>()).add(p.pause()));
        List<String> points = new ArrayList<>();
        bySize.forEach((size, all) -> {
            Pause.Millis median = Pause.Millis.median(all);
            points.add(Svg.point(x.at(size), y.at(tail ? median.p99() : median.p50())));
        });
        svg.path(points, attributes);
    }
}
