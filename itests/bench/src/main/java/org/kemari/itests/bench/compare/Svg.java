package org.kemari.itests.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A drawing. Colours are chosen to be told apart in print and by those who see few of them. */
final class Svg {
    private static final List<String> COLOURS =
            List.of("#4d4d4d", "#e69f00", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b2a200", "#7f3b08");

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;

    Svg(int width, int height, String title, String explanation) {
        this.width = width;
        this.height = height;
        text(20, 30, "font-size=\"18\"", title);
        text(20, 52, "fill=\"#555\"", explanation);
    }

    /** The colour of a number from 0. */
    static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    /** The colour of a mode, the same in all drawings. */
    static String colour(String mode) {
        return colour(Mode.ALL.stream().map(Mode::name).toList().indexOf(mode));
    }

    void line(double x1, double y1, double x2, double y2, String attributes) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>", x1, y1, x2, y2, attributes);
    }

    void rectangle(double x, double y, double wide, double high, String attributes) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>", x, y, wide, high, attributes);
    }

    void circle(double x, double y, double radius, String attributes) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" %s/>", x, y, radius, attributes);
    }

    /** A line through points, each "x,y". */
    void path(List<String> points, String attributes) {
        add("<polyline points=\"%s\" fill=\"none\" %s/>", String.join(" ", points), attributes);
    }

    static String point(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }

    void text(double x, double y, String attributes, String words) {
        add("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>", x, y, attributes, escaped(words));
    }

    /** Lines across for the ticks of a horizontal axis, and its name. */
    void horizontal(Scale scale, double top, double bottom, String name) {
        for (double tick : scale.ticks()) {
            line(scale.at(tick), top, scale.at(tick), bottom, "stroke=\"#ddd\"");
            text(scale.at(tick), bottom + 16, "text-anchor=\"middle\" fill=\"#555\"", number(tick));
        }
        text((scale.begin() + scale.end()) / 2, bottom + 36, "text-anchor=\"middle\"", name);
    }

    /** The same for a vertical one. */
    void vertical(Scale scale, double left, double right, String name) {
        for (double tick : scale.ticks()) {
            line(left, scale.at(tick), right, scale.at(tick), "stroke=\"#ddd\"");
            text(left - 6, scale.at(tick) + 4, "text-anchor=\"end\" fill=\"#555\"", number(tick));
        }
        text(left, scale.end() - 10, "text-anchor=\"middle\"", name);
    }

    /** Names in their colours, one below the other. */
    void legend(double x, double y, List<String> names, UnaryOperator<String> colours) {
        for (int i = 0; i < names.size(); i++) {
            rectangle(x, y + 20 * i, 12, 12, "fill=\"" + colours.apply(names.get(i)) + "\"");
            text(x + 18, y + 20 * i + 11, "", names.get(i));
        }
    }

    String finish() {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                                + " font-size=\"13\">%n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                        width,
                        height,
                        width,
                        height)
                + body + "</svg>\n";
    }

    private static String number(double value) {
        return value >= 1e6
                ? String.format(Locale.ROOT, "%.0e", value)
                : value == Math.rint(value)
                        ? String.format(Locale.ROOT, "%.0f", value)
                        : String.format(Locale.ROOT, "%.3g", value).replaceFirst("0+$", "");
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void add(String format, Object... arguments) {
        body.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
