package org.kemari.itests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What consoles and tools read of a bundle. */
class BundleHeadersTest {
    private static final Path BUNDLES = Path.of("../../bundles");
    private static final Pattern EXPORT = Pattern.compile("(?:^|,)(org\\.[a-z.]+)((?:;[^,\"]*\"[^\"]*\"|;[^,\";]*)*)");

    private static final Map<String, Attributes> HEADERS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> bundles = Files.list(BUNDLES)) {
            for (Path bundle : bundles.filter(b -> Files.isRegularFile(b.resolve("pom.xml")))
                    .toList()) {
                try (InputStream in = Files.newInputStream(bundle.resolve("target/classes/META-INF/MANIFEST.MF"))) {
                    HEADERS.put(bundle.getFileName().toString(), new Manifest(in).getMainAttributes());
                }
            }
        }
        assertThat(HEADERS).hasSizeGreaterThan(12);
    }

    @Test
    void every_bundle_says_what_it_is_and_whose() {
        assertThat(HEADERS).allSatisfy((bundle, headers) -> {
            assertThat(headers.getValue("Bundle-SymbolicName")).isEqualTo("org.kemari." + bundle);
            assertThat(headers.getValue("Bundle-Name")).isNotBlank();
            assertThat(headers.getValue("Bundle-Description")).hasSizeGreaterThan(20);
            assertThat(headers.getValue("Bundle-License")).startsWith("Apache-2.0");
            assertThat(headers.getValue("Bundle-Vendor")).isEqualTo("Kemari");
        });
    }

    @Test
    void every_exported_package_has_a_version_and_is_not_internal() {
        Map<String, String> versions = new TreeMap<>();
        HEADERS.values().forEach(headers -> {
            String exports = headers.getValue("Export-Package");
            if (exports != null) {
                EXPORT.matcher(exports).results().forEach(match -> versions.put(match.group(1), match.group(2)));
            }
        });
        assertThat(versions).hasSizeGreaterThan(15).containsKey("org.kemari.api.tap");
        assertThat(versions).allSatisfy((name, attributes) -> {
            assertThat(name).doesNotContain("internal");
            // as in its package-info, and not a bundle's own version
            assertThat(attributes).matches(".*;version=\"[1-9]\\d*\\.\\d+\\.\\d+\".*");
        });
    }
}
