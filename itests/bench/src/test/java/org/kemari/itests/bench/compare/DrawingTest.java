package org.kemari.itests.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.itests.bench.Samples;
import org.w3c.dom.Document;

class DrawingTest {
    @TempDir
    private Path directory;

    @Test
    void aLinearAxisBeginsAtZeroAndHasRoundMarks() {
        Scale scale = Scale.linear(0.93, 100, 200);
        assertThat(scale.to()).isBetween(0.93, 1.2);
        assertThat(scale.at(0)).isEqualTo(100);
        assertThat(scale.at(scale.to())).isEqualTo(200);
        assertThat(scale.at(99)).as("beyond its end").isEqualTo(200);
        assertThat(scale.ticks()).hasSizeBetween(4, 10).startsWith(0.0);
        assertThat(Scale.linear(2048, 0, 1).ticks()).contains(1000.0, 2000.0);
        assertThat(Scale.linear(0, 0, 1).to()).isPositive();
    }

    @Test
    void aLogarithmicAxisHasWholeDecades() {
        Scale scale = Scale.logarithmic(0.3, 42, 0, 300);
        assertThat(scale.from()).isCloseTo(0.1, within(1e-9));
        assertThat(scale.to()).isCloseTo(100, within(1e-9));
        assertThat(scale.at(1)).isCloseTo(100, within(1e-6));
        assertThat(scale.at(0)).as("before its begin").isEqualTo(0);
        assertThat(scale.ticks()).hasSize(4);
        assertThat(Scale.logarithmic(10, 10, 0, 1).to()).isCloseTo(100, within(1e-9));
    }

    @Test
    void whatIsWrittenIsEscaped() throws Exception {
        Svg svg = new Svg(100, 100, "a < b & c", "");
        assertThat(parse(svg.finish()).getDocumentElement().getTextContent()).contains("a < b & c");
    }

    @Test
    void everyModeAndWorkloadIsDrawn() throws Exception {
        Sheet sheet = new Sheet();
        Figure rate = Figure.throughput("redis", "requests/s").aiming(0.85);
        for (int round = 1; round <= 3; round++) {
            sheet.add(round, "unprotected", rate, 100 + round);
            sheet.add(round, "hold", rate, 80 + 2 * round);
            // something that only one mode has
            sheet.add(round, "hold", Figure.time("compile"), 3);
            sheet.addEcho(round, "hold", 5 + round);
        }
        List<Mode> modes =
                Mode.ALL.stream().filter(mode -> sheet.has(mode.name())).toList();
        List<Pause> pauses = new ArrayList<>();
        for (int memory : List.of(512, 2048)) {
            Pause.Millis millis = new Pause.Millis(2, 4, 8);
            pauses.add(new Pause(1, "hold", memory, 2000, 100, 55, millis, millis));
        }
        Map<String, String> drawings = new Drawings(sheet, modes, "unprotected", pauses).write(directory);
        assertThat(drawings).containsOnlyKeys("speed.svg", "ping.svg", "pause-pages.svg", "pause-memory.svg");
        for (String name : drawings.keySet()) {
            String text = Files.readString(directory.resolve(name));
            assertThat(text).contains("hold").doesNotContain("NaN").doesNotContain("Infinity");
            parse(text);
        }
        assertThat(Files.readString(directory.resolve("speed.svg"))).contains(Svg.colour("hold"));
        assertThat(Files.readString(directory.resolve("speed.svg")))
                .contains(">redis<")
                .contains(">0.82<");
        assertThat(Files.readAllLines(directory.resolve("pauses.csv"))).hasSize(3);
        Report report = new Report(sheet, modes, 3, pauses);
        assertThat(report.base()).isEqualTo("unprotected");
        assertThat(report.tables().get(0).markdown()).contains("| redis | ≥ 0.85 | 0.82 [0.81, 0.83] |");
    }

    @Test
    void aLineRisesFromTheSmallestToTheLargest() {
        String svg = CdfChart.draw(
                "Title", "Words", Map.of("one", Samples.of(List.of(1.0, 10.0, 100.0))), "ms", name -> "red");
        assertThat(svg).contains("points=\"60.0,460.0").contains("820.0,90.0\" fill=\"none\" stroke=\"red\"");
    }

    @Test
    void aContestIsToldInFullEvenIfOneSideIsMissing() throws Exception {
        List<Bout> bouts = List.of(
                new Bout(1, Bout.KEMARI, 0, List.of(new Checkpoint(1, 0.5, 3)), 20),
                new Bout(1, Bout.COLO, 0, List.of(new Checkpoint(4, 0.5, 3)), 5),
                new Bout(1, Bout.KEMARI, 1000, List.of(new Checkpoint(2, 0.5, 990), new Checkpoint(3, 1, 1010)), 30));
        Path file = directory.resolve("COLO.md");
        new ContestPage(bouts)
                .write(file, directory.resolve("compare"), "./kemari bench compare", Map.of("guest", "g"), List.of());
        assertThat(file)
                .content()
                .contains(
                        "| 0 | 1 / 1 | 3.00 / 3.00 | 1.00 / 1.00 / 1.00 | 4.00 / 4.00 / 4.00 | 0.25 (target 0.5, reached)")
                .contains("| 1000 | 2 / 0 | 990 / – | 2.00 / 3.00 / 3.00 | – / – / – | – | – |")
                .contains("| kemari | 2 | 20.0 | 30.0 |")
                .contains("(compare/colo-pause-pages.svg)");
        String svg = Files.readString(directory.resolve("compare/colo-pause-pages.svg"));
        assertThat(svg).contains(">colo<").doesNotContain("NaN").doesNotContain("Infinity");
        parse(svg);
        assertThat(Files.readAllLines(directory.resolve("compare/colo-pauses.csv")))
                .hasSize(5)
                .contains("1,kemari,1000,2,1010,3.000,1.000");
        assertThat(Files.readAllLines(directory.resolve("compare/colo-takeovers.csv")))
                .hasSize(4);
        assertThat(new ContestPage(List.of()).tables()).isEmpty();
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
