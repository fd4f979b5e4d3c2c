package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DomainPaths;

class WantedStandbyTest {
    @TempDir
    Path directory;

    @Test
    void itIsRememberedOnce() throws Exception {
        DomainPaths paths = DomainPaths.of(directory, directory, directory, "web");
        Files.createDirectories(paths.runDirectory());
        assertThat(WantedStandby.of(paths).take()).isEmpty();
        WantedStandby.of(paths).set("west");
        assertThat(WantedStandby.of(paths).take()).contains("west");
        assertThat(WantedStandby.of(paths).take()).isEmpty();
    }

    @Test
    void whatCannotBeRememberedIsForgotten() {
        DomainPaths paths = DomainPaths.of(directory.resolve("missing"), directory, directory, "web");
        WantedStandby.of(paths).set("west");
        assertThat(WantedStandby.of(paths).take()).isEmpty();
    }
}
