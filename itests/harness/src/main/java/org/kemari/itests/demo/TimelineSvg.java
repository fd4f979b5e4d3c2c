package org.kemari.itests.demo;

import java.util.List;
import java.util.Locale;

/** Draws a takeover: the client's replies as ticks, the steps of the takeover below. */
final class TimelineSvg {
    private static final int WIDTH = 1000;
    private static final int LEFT = 40;
    private static final int RIGHT = 40;
    private static final int TICKS_TOP = 90;
    private static final int TICKS_BOTTOM = 130;
    private static final int ROW = 30;
    private static final List<String> COLOURS =
            List.of("#8c2d04", "#d94801", "#f16913", "#fdae6b", "#9ecae1", "#4292c6", "#08519c", "#31a354");

    private final StringBuilder svg = new StringBuilder();
    private final double from;
    private final double to;

    private TimelineSvg(TakeoverTimeline timeline) {
        double last = timeline.steps().get(timeline.steps().size() - 1).atMillis();
        double span = Math.max(20, last * 1.6);
        this.from = -span * 0.3;
        this.to = span;
    }

    static String draw(TakeoverTimeline timeline) {
        TimelineSvg drawing = new TimelineSvg(timeline);
        drawing.drawAll(timeline);
        return drawing.svg.toString();
    }

    private void drawAll(TakeoverTimeline timeline) {
        int top = TICKS_BOTTOM + 50;
        int height = top + timeline.steps().size() * ROW + 40;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"14\">",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
        text(LEFT, 32, "font-size=\"20\"", "A host dies, its guest carries on");
        text(
                LEFT,
                56,
                "fill=\"#555\"",
                String.format(
                        Locale.ROOT,
                        "one tick is one acknowledged record on one TCP connection; longest silence %.0f ms",
                        timeline.silenceMillis()));
        for (double at : timeline.repliesMillis()) {
            if (at >= from && at <= to) {
                add(
                        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"1\"/>",
                        x(at), x(at), TICKS_TOP, TICKS_BOTTOM, at < 0 ? "#8c2d04" : "#31a354");
            }
        }
        axis(height);
        List<TakeoverTimeline.Step> steps = timeline.steps();
        for (int i = 0; i < steps.size(); i++) {
            TakeoverTimeline.Step step = steps.get(i);
            double begin = i == 0 ? step.atMillis() : steps.get(i - 1).atMillis();
            int y = top + i * ROW;
            String colour = COLOURS.get(i % COLOURS.size());
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>",
                    x(begin), y, Math.max(2, x(step.atMillis()) - x(begin)), colour);
            text(
                    x(step.atMillis()) + 8,
                    y + 12,
                    "",
                    String.format(Locale.ROOT, "%s, %.1f ms", step.name(), step.atMillis()));
        }
        add("</svg>");
    }

    private void axis(int height) {
        double step = Math.pow(10, Math.floor(Math.log10(to)));
        if (to / step < 3) {
            step /= 5;
        } else if (to / step < 6) {
            step /= 2;
        }
        for (double at = Math.ceil(from / step) * step; at <= to; at += step) {
            add(
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>",
                    x(at), x(at), TICKS_BOTTOM, height - 24);
            text(x(at), height - 8, "text-anchor=\"middle\" fill=\"#555\"", String.format(Locale.ROOT, "%.0f ms", at));
        }
        add(
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"black\" stroke-dasharray=\"4 3\"/>",
                x(0), x(0), TICKS_TOP - 14, height - 24);
    }

    private double x(double millis) {
        return LEFT + (millis - from) / (to - from) * (WIDTH - LEFT - RIGHT);
    }

    private void text(double x, int y, String attributes, String text) {
        add("<text x=\"%.1f\" y=\"%d\" %s>%s</text>", x, y, attributes, text);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
