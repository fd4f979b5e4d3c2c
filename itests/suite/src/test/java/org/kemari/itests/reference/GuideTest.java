package org.kemari.itests.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.DomainState;
import org.kemari.itests.lab.Lab;

/** The guide leaves nothing out, and its links lead somewhere. */
class GuideTest {
    private static final Path ROOT = Lab.projectRoot();
    private static final Path FEATURES = ROOT.resolve("features");

    @Test
    void it_tells_what_to_do_in_every_state() throws IOException {
        assertThat(guide()).contains(rows(Arrays.stream(DomainState.values()).map(Enum::name)));
    }

    @Test
    void it_names_every_notification() throws IOException {
        Path source = ROOT.resolve("bundles/api/src/main/java/org/kemari/api/management/NotificationTypes.java");
        List<String> types = find("\"(org\\.kemari\\.[a-z.]+)\"", Files.readString(source));
        assertThat(types).hasSizeGreaterThan(4);
        assertThat(guide()).contains(rows(types.stream().map(type -> "`" + type + "`")));
    }

    @Test
    void it_names_every_feature() throws IOException {
        String repository = Files.readString(FEATURES.resolve("feature/src/main/feature/features.xml"));
        List<String> ours = find("<feature name=\"(kemari[^\"]*)\" version=\"\\$\\{project\\.version}\"", repository);
        assertThat(ours).hasSizeGreaterThan(5);
        assertThat(guide()).contains(rows(ours.stream().map(name -> "`" + name + "`")));
    }

    @Test
    void its_links_lead_somewhere() throws IOException {
        String guide = guide();
        Set<String> headings = new TreeSet<>();
        find("(?m)^## (.+)$", guide)
                .forEach(heading -> headings.add("#" + heading.toLowerCase().replace(' ', '-')));
        for (String link : find("\\]\\(([^)]+)\\)", guide)) {
            if (link.startsWith("#")) {
                assertThat(headings).contains(link);
            } else {
                assertThat(FEATURES.resolve(link)).isRegularFile();
            }
        }
    }

    private static String guide() throws IOException {
        return Files.readString(FEATURES.resolve("GUIDE.md"));
    }

    private static List<String> rows(Stream<String> firstCells) {
        return firstCells.map(cell -> "\n| " + cell + " |").toList();
    }

    private static List<String> find(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
