package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTailTest {
    @TempDir
    Path directory;

    private Path file;
    private FileTail tail;

    @BeforeEach
    void make() throws IOException {
        file = Files.writeString(directory.resolve("log"), "one\ntwo\n\nfour\n");
        tail = new FileTail(file);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void theLastLines() throws IOException {
        assertThat(text(tail.last(0))).isEmpty();
        assertThat(text(tail.last(1))).isEqualTo("four\n");
        assertThat(text(tail.last(2))).isEqualTo("\nfour\n");
        assertThat(text(tail.last(4))).isEqualTo("one\ntwo\n\nfour\n");
        assertThat(text(tail.last(100))).isEqualTo("one\ntwo\n\nfour\n");
        Files.writeString(file, "login: ", StandardOpenOption.APPEND);
        assertThat(text(tail.last(2))).isEqualTo("four\nlogin: ");
        Files.writeString(file, "");
        assertThat(text(tail.last(3))).isEmpty();
    }

    @Test
    void onlyTheEndOfALargeFileIsLookedAt() throws IOException {
        Files.write(file, new byte[3 * FileTail.MOST_BYTES]);
        Files.writeString(file, "\nend", StandardOpenOption.APPEND);
        assertThat(text(tail.last(1))).isEqualTo("end");
        assertThat(tail.last(2)).hasSize(FileTail.MOST_BYTES);
    }

    @Test
    void whatIsAddedThenComesOnce() throws IOException {
        tail.last(1);
        assertThat(tail.added()).isEmpty();
        Files.writeString(file, "five\n", StandardOpenOption.APPEND);
        assertThat(text(tail.added())).isEqualTo("five\n");
        assertThat(tail.added()).isEmpty();
    }

    @Test
    void aFileThatIsCutOrReplacedBeginsAnew() throws IOException {
        tail.last(1);
        Files.writeString(file, "cut\n");
        assertThat(text(tail.added())).isEqualTo("cut\n");
        Path other = Files.writeString(directory.resolve("new"), "a longer one than before\n");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(text(tail.added())).isEqualTo("a longer one than before\n");
        Files.delete(file);
        assertThat(tail.added()).isEmpty();
    }
}
