package org.kemari.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The program {@code native/src/writer.c}: a process that maps a RAM file as a hypervisor does. */
final class Writer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final java.io.Writer commands;

    Writer(Path ramFile, long bytes, Map<String, String> environment) throws IOException {
        Path program = Path.of("..", "..", "native", "target", "writer");
        ProcessBuilder builder = new ProcessBuilder(program.toString(), ramFile.toString(), Long.toString(bytes));
        builder.environment().putAll(environment);
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader(StandardCharsets.US_ASCII);
        commands = process.outputWriter(StandardCharsets.US_ASCII);
        expect("ready");
    }

    long pid() {
        return process.pid();
    }

    Process process() {
        return process;
    }

    void write(long page, int value) throws IOException {
        command("w " + page + " " + value);
        expect("done");
    }

    void cutHole(long page, long count) throws IOException {
        command("h " + page + " " + count);
        expect("done");
    }

    void splitMapping() throws IOException {
        command("s");
        expect("done");
    }

    String environmentOfChild() throws IOException {
        command("e");
        return answers.readLine();
    }

    private void command(String line) throws IOException {
        commands.write(line + "\n");
        commands.flush();
    }

    private void expect(String answer) throws IOException {
        String line = answers.readLine();
        if (!answer.equals(line)) {
            throw new IOException("writer answered " + line);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        answers.close();
    }
}
