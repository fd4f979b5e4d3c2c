package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandbyMarkTest {
    @TempDir
    Path directory;

    @Test
    void isThereUntilTheGuestRunsHere() throws IOException {
        StandbyMark mark = new StandbyMark("web", directory.resolve("web").resolve("standby"));
        assertThat(mark.reason()).isEmpty();
        mark.set("east");
        mark.set("north");
        assertThat(mark.reason())
                .hasValueSatisfying(r -> assertThat(r).contains(mark.file().toString()));
        mark.clear();
        mark.clear();
        assertThat(mark.reason()).isEmpty();
    }

    @Test
    void aHostThatCannotMakeItIsNoStandby() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        StandbyMark mark = new StandbyMark("web", file.resolve("standby"));
        assertThatThrownBy(() -> mark.set("east")).isInstanceOf(IOException.class);
    }
}
