package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kemari.itests.bench.Samples;

/**
 * What was found, as files: all values, and drawings of them.
 *
 * @param sheet what was measured
 * @param modes those of which there is something
 * @param base name of the mode that the others are compared with
 * @param pauses what the memory dirtier told
 */
record Drawings(Sheet sheet, List<Mode> modes, String base, List<Pause> pauses) {
    /** Writes all values and the drawings into a directory; returns the drawings' names with what they show. */
    Map<String, String> write(Path directory) throws IOException {
        Files.createDirectories(directory);
        List<String> others = modes.stream()
                .map(Mode::name)
                .filter(name -> !name.equals(base))
                .toList();
        Files.writeString(directory.resolve("samples.csv"), sheet.csv());
        Files.writeString(directory.resolve("ping.csv"), sheet.echoCsv());
        Files.writeString(directory.resolve("pauses.csv"), Pause.csv(pauses));
        Map<String, String> drawings = new LinkedHashMap<>();
        if (!sheet.speeds().isEmpty()) {
            Files.writeString(directory.resolve("speed.svg"), RatioChart.draw(sheet, sheet.speeds(), others, base));
            drawings.put("speed.svg", "Speed of each workload and mode, compared with " + base);
        }
        Map<String, Samples> echoes = new LinkedHashMap<>();
        modes.forEach(mode -> echoes.put(mode.name(), sheet.echoes(mode.name())));
        if (echoes.values().stream().anyMatch(samples -> !samples.isEmpty())) {
            String words = "percent of the answers that came within a time; a ping every 10 ms, guest otherwise idle";
            Files.writeString(
                    directory.resolve("ping.svg"),
                    CdfChart.draw("Echo requests", words, echoes, "milliseconds", Svg::colour));
            drawings.put("ping.svg", "How long echo requests take");
        }
        if (!pauses.isEmpty()) {
            Files.writeString(directory.resolve("pause-pages.svg"), PauseChart.againstPages(pauses));
            drawings.put("pause-pages.svg", "Pauses against dirty pages");
        }
        if (pauses.stream().map(Pause::memoryMib).distinct().count() > 1) {
            Files.writeString(directory.resolve("pause-memory.svg"), PauseChart.againstMemory(pauses));
            drawings.put("pause-memory.svg", "Pauses against the size of memory");
        }
        return drawings;
    }
}
