package org.kemari.itests.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.Lab;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** features/SETTINGS.md, the metatypes of the bundles and the commented defaults in config/etc say the same. */
class SettingsReferenceTest {
    private static final Path ROOT = Lab.projectRoot();
    private static final Pattern KEY = Pattern.compile("(?m)^#?([a-z][A-Za-z0-9]*) *=");

    /** By persistent identity. */
    private static final Map<String, Element> METATYPES = new TreeMap<>();

    @BeforeAll
    static void read() throws Exception {
        try (Stream<Path> bundles = Files.list(ROOT.resolve("bundles"))) {
            for (Path directory : bundles.map(b -> b.resolve("target/classes/OSGI-INF/metatype"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.list(directory)) {
                    for (Path file :
                            files.filter(f -> f.toString().endsWith(".xml")).toList()) {
                        read(file);
                    }
                }
            }
        }
        assertThat(METATYPES).containsKeys("org.kemari.host", "org.kemari.link", "org.kemari.transfer");
    }

    private static void read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getDocumentElement();
            Element designate = (Element) root.getElementsByTagName("Designate").item(0);
            METATYPES.put(designate.getAttribute("pid"), (Element)
                    root.getElementsByTagName("OCD").item(0));
        }
    }

    @Test
    void the_reference_of_settings_is_up_to_date() throws IOException {
        StringBuilder text = new StringBuilder(
                        "# Settings\n\nMade from the bundles' metatypes by `./kemari reference`. Each")
                .append(
                        " heading is a file in `etc` (its name without `.cfg`), and a PID for `config:edit`;\nthe files")
                .append(" that are shipped tell more. The keys of domain definitions are explained in\n")
                .append("`etc/kemari/examples/kernel-boot.yaml`.\n");
        METATYPES.forEach((pid, type) -> {
            text.append("\n## ").append(pid).append("\n\n").append(sentence(type.getAttribute("description")));
            text.append("\n\n| key | type | default | |\n|---|---|---|---|\n");
            for (Element setting : settings(type)) {
                String value = setting.getAttribute("default").replace("\\", "");
                text.append("| `").append(setting.getAttribute("id")).append("` | ");
                text.append(setting.getAttribute("type")).append(" | ");
                text.append(value.isEmpty() ? "" : "`" + Reference.cell(value) + "`")
                        .append(" | ");
                text.append(Reference.cell(sentence(setting.getAttribute("description"))))
                        .append(" |\n");
            }
        });
        Reference.check("SETTINGS.md", text.toString());
    }

    @Test
    void every_setting_has_a_commented_default_and_every_default_is_a_setting() throws IOException {
        for (Map.Entry<String, Element> metatype : METATYPES.entrySet()) {
            Set<String> known = new LinkedHashSet<>();
            settings(metatype.getValue()).forEach(setting -> known.add(setting.getAttribute("id")));
            assertThat(keys(file(metatype.getKey())))
                    .as("keys of " + file(metatype.getKey()))
                    .containsExactlyInAnyOrderElementsOf(known);
        }
    }

    private static Path file(String pid) {
        Path plain = ROOT.resolve("config/etc").resolve(pid + ".cfg");
        return Files.exists(plain)
                ? plain
                : ROOT.resolve("config/etc/kemari/examples").resolve(pid + ".cfg");
    }

    private static Set<String> keys(Path file) throws IOException {
        Set<String> keys = new LinkedHashSet<>();
        Matcher matcher = KEY.matcher(Files.readString(file));
        while (matcher.find()) {
            keys.add(matcher.group(1));
        }
        return keys;
    }

    private static List<Element> settings(Element type) {
        NodeList nodes = type.getElementsByTagName("AD");
        return Stream.iterate(0, i -> i < nodes.getLength(), i -> i + 1)
                .map(i -> (Element) nodes.item(i))
                .toList();
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
