package org.kemari.page.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    private final Resources resources = new Resources();

    private String text(String path) {
        return new String(resources.find(path).orElseThrow().content(), StandardCharsets.UTF_8);
    }

    @Test
    void the_page_has_all_that_it_names() {
        assertThat(text("/")).isEqualTo(text("/index.html"));
        List<String> named = Pattern.compile("(?:href|src)=\"([^\"]+)\"")
                .matcher(text("/"))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(named).hasSizeGreaterThan(2).allSatisfy(file -> assertThat(resources.find("/" + file))
                .isPresent());
    }

    @Test
    void each_module_has_all_that_it_imports() {
        for (String module : List.of("main", "host", "domain", "chart", "history", "operations", "server", "dom")) {
            Pattern.compile("from \"\\./([^\"]+)\"")
                    .matcher(text("/" + module + ".js"))
                    .results()
                    .forEach(match -> assertThat(resources.find("/" + match.group(1)))
                            .as("%s of %s.js", match.group(1), module)
                            .isPresent());
        }
    }

    @Test
    void nothing_comes_from_elsewhere_and_nothing_becomes_html() {
        for (String file : List.of(
                "/",
                "/page.css",
                "/main.js",
                "/host.js",
                "/domain.js",
                "/chart.js",
                "/history.js",
                "/operations.js",
                "/server.js",
                "/dom.js")) {
            assertThat(text(file).replace("http://www.w3.org/2000/svg", ""))
                    .as(file)
                    .doesNotContain("http:")
                    .doesNotContain("https:")
                    .doesNotContain("@import")
                    .doesNotContain("innerHTML")
                    .doesNotContain("outerHTML")
                    .doesNotContain("insertAdjacentHTML")
                    .doesNotContain("eval(")
                    .doesNotContain("style=")
                    .doesNotContain("onclick=");
        }
    }

    @Test
    void nothing_else_is_there() {
        for (String path : List.of("", "/Page.class", "/../internal/index.html", "//", "/index.html/")) {
            assertThat(resources.find(path)).isEmpty();
        }
    }
}
