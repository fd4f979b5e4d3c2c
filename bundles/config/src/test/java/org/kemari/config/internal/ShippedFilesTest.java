package org.kemari.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostSettings;
import org.kemari.api.domain.DomainDefinition;

/** The files that are shipped in the folder config are valid, complete, and say what is true. */
class ShippedFilesTest {
    private static final Path CONFIG = Path.of("../../config");
    private static final HostView EAST = new HostView("east", Set.of("west", "north"), true);

    private static DomainDefinition parse(String name, String text) {
        Problems problems = new Problems(name);
        Optional<DomainDefinition> definition = DefinitionFile.parse(text, problems)
                .flatMap(root -> DefinitionParser.parse(EAST, (path, kind) -> Optional.empty(), name, root, problems));
        assertThat(problems.list()).isEmpty();
        return definition.orElseThrow();
    }

    private static Map<String, DomainDefinition> examples() throws Exception {
        Map<String, DomainDefinition> all = new TreeMap<>();
        try (Stream<Path> files = Files.list(CONFIG.resolve("etc/kemari/examples"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                String name = file.getFileName().toString().replaceFirst("\\.yaml$", "");
                all.put(name, parse(name, Files.readString(file)));
            }
        }
        return all;
    }

    @Test
    void theExamplesAreValid() throws Exception {
        assertThat(examples()).containsOnlyKeys("kernel-boot", "firmware-boot", "shared-disk");
    }

    @Test
    void theCommentedKeysAreValidToo() throws Exception {
        String text = Files.readString(CONFIG.resolve("etc/kemari/examples/kernel-boot.yaml"));
        String all = text.replaceAll("(?m)^(\\s*)#([a-zA-Z]+:)", "$1$2");
        assertThat(all).isNotEqualTo(text);
        DomainDefinition definition = parse("kernel-boot", all);
        assertThat(definition.cpu()).isNotEmpty();
        assertThat(definition.nics().get(0).tapDevice()).isEqualTo("kernel-boot0");
    }

    @Test
    void theDefaultSettingsAreTheDefaults() throws Exception {
        Properties file = new Properties();
        try (Reader in = Files.newBufferedReader(CONFIG.resolve("etc/org.kemari.host.cfg"))) {
            file.load(in);
        }
        Map<String, String> given = new TreeMap<>();
        file.forEach((k, v) -> given.put(k.toString(), v.toString()));
        Problems problems = new Problems("cfg");
        Optional<HostSettings> settings = HostSettingsParser.parse(given, "machine", CONFIG, problems);
        assertThat(problems.list()).isEmpty();
        assertThat(settings).isEqualTo(HostSettingsParser.parse(Map.of(), "machine", CONFIG, problems));
    }

    @Test
    void everySettingIsExplained() throws Exception {
        List<String> lines = Files.readAllLines(CONFIG.resolve("etc/org.kemari.host.cfg"));
        List<String> names = Arrays.stream(HostConfiguration.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();
        // The fence has a setting for each of its parts.
        assertThat(names)
                .hasSize(HostSettings.class.getRecordComponents().length
                        - 1
                        + FenceSettings.class.getRecordComponents().length);
        assertThat(names).allSatisfy(name -> assertThat(lines)
                .anyMatch(line -> line.startsWith(name + " =") || line.startsWith("#" + name + " =")));
    }
}
