package org.kemari.linux.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryLoaderTest {
    @TempDir
    Path directory;

    private final String jnaDirectory = System.getProperty(LibraryLoader.DIRECTORY);

    @AfterEach
    void restore() {
        System.clearProperty(LibraryLoader.OVERRIDE);
        if (jnaDirectory == null) {
            System.clearProperty(LibraryLoader.DIRECTORY);
        } else {
            System.setProperty(LibraryLoader.DIRECTORY, jnaDirectory);
        }
    }

    @Test
    void loadsFromTheBundleAndLeavesNoFile() throws IOException {
        System.setProperty(LibraryLoader.DIRECTORY, directory.toString());
        assertThat(LibraryLoader.load().getFunction("kemari_abi")).isNotNull();
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void goesOnWhereADirectoryIsNotWritable() {
        System.setProperty(LibraryLoader.DIRECTORY, directory.resolve("missing").toString());
        assertThat(LibraryLoader.load().getFunction("kemari_abi")).isNotNull();
    }

    @Test
    void aFileThatIsNoLibraryIsNamed() throws IOException {
        Path wrong = Files.writeString(directory.resolve("libkemari.so"), "no library");
        System.setProperty(LibraryLoader.OVERRIDE, wrong.toString());
        assertThatThrownBy(LibraryLoader::load)
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining(wrong.toString());
    }

    @Test
    void anotherLibraryIsNamedWithWhatToDo() throws IOException {
        Path other = directory.resolve("libother.so");
        LibraryLoader.extract("libkemari-preload.so", other);
        System.setProperty(LibraryLoader.OVERRIDE, other.toString());
        assertThatThrownBy(LibraryLoader::load)
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContainingAll("Tried", other.toString(), "is not libkemari", LibraryLoader.DIRECTORY);
    }
}
