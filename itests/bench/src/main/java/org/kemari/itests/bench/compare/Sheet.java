package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kemari.itests.bench.Samples;

/** Everything that was measured. Used by one thread. */
final class Sheet {
    /**
     * One value.
     *
     * @param round number of the round, from 1
     * @param mode name of the mode
     * @param figure what it is
     * @param value in the figure's unit
     */
    record Sample(int round, String mode, Figure figure, double value) {}

    /**
     * One answered echo request.
     *
     * @param round number of the round, from 1
     * @param mode name of the mode
     * @param millis how long it took
     */
    record Echo(int round, String mode, double millis) {}

    private final List<Sample> samples = new ArrayList<>();
    private final List<Echo> echoes = new ArrayList<>();

    void add(int round, String mode, Figure figure, double value) {
        samples.add(new Sample(round, mode, figure, value));
    }

    void addEcho(int round, String mode, double millis) {
        echoes.add(new Echo(round, mode, millis));
    }

    /** Figures of some kind, in the order in which they were first measured. */
    List<Figure> figures(Kind kind) {
        Set<Figure> figures = new LinkedHashSet<>();
        samples.stream().map(Sample::figure).filter(f -> f.kind() == kind).forEach(figures::add);
        return List.copyOf(figures);
    }

    /** Those that can be told as a speed. */
    List<Figure> speeds() {
        return Stream.concat(figures(Kind.THROUGHPUT).stream(), figures(Kind.TIME).stream())
                .toList();
    }

    /** Whether a mode has been measured at all. */
    boolean has(String mode) {
        return samples.stream().anyMatch(sample -> sample.mode().equals(mode));
    }

    /** All values of a figure in a mode. */
    Samples values(String mode, Figure figure) {
        return Samples.of(of(mode, figure).map(Sample::value).toList());
    }

    /** Each round's ratio of a figure in a mode to the base; rounds in which either is missing are left out. */
    List<Double> ratios(String mode, String base, Figure figure) {
        Map<Integer, Double> bases = new TreeMap<>();
        of(base, figure).forEach(sample -> bases.put(sample.round(), sample.value()));
        return of(mode, figure)
                .filter(sample -> bases.containsKey(sample.round()))
                .map(sample -> figure.kind().ratio(sample.value(), bases.get(sample.round())))
                .toList();
    }

    /** Round trips of all rounds in a mode, milliseconds. */
    Samples echoes(String mode) {
        return Samples.of(echoes.stream()
                .filter(echo -> echo.mode().equals(mode))
                .map(Echo::millis)
                .toList());
    }

    private Stream<Sample> of(String mode, Figure figure) {
        return samples.stream()
                .filter(sample -> sample.mode().equals(mode) && sample.figure().equals(figure));
    }

    /** One line for each value. */
    String csv() {
        StringBuilder text = new StringBuilder("round,mode,workload,figure,unit,kind,value\n");
        for (Sample sample : samples) {
            Figure figure = sample.figure();
            text.append(String.join(
                            ",",
                            Integer.toString(sample.round()),
                            quoted(sample.mode()),
                            quoted(figure.subject()),
                            quoted(figure.name()),
                            quoted(figure.unit()),
                            figure.kind().name().toLowerCase(Locale.ROOT),
                            String.format(Locale.ROOT, "%.6g", sample.value())))
                    .append('\n');
        }
        return text.toString();
    }

    /** One line for each answered echo request. */
    String echoCsv() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder("round,mode,number,milliseconds\n");
        for (Echo echo : echoes) {
            int number = numbers.merge(echo.round() + "," + quoted(echo.mode()), 1, Integer::sum);
            text.append(String.format(
                    Locale.ROOT, "%d,%s,%d,%.3f%n", echo.round(), quoted(echo.mode()), number, echo.millis()));
        }
        return text.toString();
    }

    private static String quoted(String word) {
        return word.matches("[^\",\\n]*") ? word : '"' + word.replace("\"", "\"\"") + '"';
    }
}
