package org.kemari.link.internal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.awaitility.Awaitility;

/** What is logged meanwhile, for the operator's eyes: the simple logger writes to the standard error output. */
final class Lines implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    Lines() {
        System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
    }

    List<String> with(String word) {
        return lines.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(word))
                .toList();
    }

    void await(String word) {
        Awaitility.await(word).until(() -> !with(word).isEmpty());
    }

    @Override
    public void close() {
        System.setErr(before);
        before.print(lines.toString(StandardCharsets.UTF_8));
    }
}
