package org.kemari.itests.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.Lab;

/** The feature repository and the assembly bring the same things. */
class FeaturesTest {
    private static final Path ROOT = Lab.projectRoot();
    private static final Path REPOSITORY = ROOT.resolve("features/feature/src/main/feature/features.xml");

    @Test
    void features_bring_every_default_of_the_configuration() throws IOException {
        Path etc = ROOT.resolve("config/etc");
        Set<String> defaults = new TreeSet<>();
        try (Stream<Path> files = Files.walk(etc)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> defaults.add(etc.relativize(file).toString()));
        }
        // a witness gets its file where it is in force
        defaults.add("org.kemari.arbiter.zookeeper.server.cfg");
        Set<String> shipped =
                new TreeSet<>(find("finalname=\"\\$\\{karaf\\.etc}/([^\"]+)\"", Files.readString(REPOSITORY)));
        find("<config name=\"([^\"]+)\"", Files.readString(REPOSITORY)).forEach(pid -> shipped.add(pid + ".cfg"));
        assertThat(shipped).isEqualTo(defaults);
    }

    @Test
    void the_assembly_starts_what_the_umbrella_brings() throws IOException {
        String assembly = Files.readString(ROOT.resolve("features/assembly/pom.xml"));
        Set<String> started = new TreeSet<>();
        String booted = find("(?s)<bootFeatures>(.*)</bootFeatures>", assembly).get(0);
        find("<feature>(kemari[^<]*)</feature>", booted).forEach(feature -> collect(feature, started));
        Set<String> umbrella = new TreeSet<>();
        collect("kemari", umbrella);
        // see there why not
        umbrella.removeAll(List.of("kemari", "kemari-host"));
        assertThat(started).isEqualTo(umbrella).hasSizeGreaterThan(3);
        for (String feature : started) {
            assertThat(body(feature)).as(feature).doesNotContain("<configfile");
        }
    }

    @Test
    void the_kar_installs_the_umbrella_and_nothing_else_by_itself() throws IOException {
        List<String> features = find("(<feature name=[^>]*>)", Files.readString(REPOSITORY));
        assertThat(features).hasSizeGreaterThan(5);
        assertThat(features)
                .filteredOn(feature -> !feature.contains("install=\"manual\""))
                .singleElement()
                .asString()
                .contains("name=\"kemari\"");
    }

    private static void collect(String feature, Set<String> into) {
        if (!feature.startsWith("kemari") || !into.add(feature)) {
            return;
        }
        find("<feature[^>]*>([^<]+)</feature>", body(feature)).forEach(next -> collect(next, into));
    }

    private static String body(String feature) {
        try {
            List<String> text =
                    find("(?s)<feature name=\"" + feature + "\"(.*?)\n  </feature>", Files.readString(REPOSITORY));
            assertThat(text).as("feature " + feature).hasSize(1);
            return text.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> find(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
