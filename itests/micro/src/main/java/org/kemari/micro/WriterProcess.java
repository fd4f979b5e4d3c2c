package org.kemari.micro;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kemari.linux.Fd;
import org.kemari.linux.OpenMode;
import org.kemari.linux.Preload;

/** The program {@code native/src/writer.c} under the preload library: it maps a RAM file as a hypervisor does. */
final class WriterProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    private WriterProcess(Process process) throws IOException {
        this.process = process;
        answers = process.inputReader(StandardCharsets.US_ASCII);
        commands = process.outputWriter(StandardCharsets.US_ASCII);
        expect("ready");
    }

    /** @param ramFile is made, of that many bytes, all zero */
    static WriterProcess start(Path directory, Path ramFile, long bytes) throws IOException {
        try (Fd fd = Fd.open(ramFile, OpenMode.CREATE_NEW)) {
            fd.truncate(bytes);
        }
        Path status = directory.resolve("status");
        ProcessBuilder builder = new ProcessBuilder(
                Micro.nativeTarget().resolve("writer").toString(), ramFile.toString(), Long.toString(bytes));
        builder.environment().putAll(Preload.environment(Preload.extract(directory), ramFile, status));
        WriterProcess writer = new WriterProcess(
                builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        if (!Preload.status(status).equals(Optional.of(new Preload.Status(true, "")))) {
            writer.close();
            throw new IOException("the writes of a process cannot be tracked here: " + Preload.status(status));
        }
        return writer;
    }

    long pid() {
        return process.pid();
    }

    /** Writes a word to so many pages, from the first one on in steps of {@code stride} pages. */
    void write(long first, long count, long stride) throws IOException {
        commands.write("d " + first + " " + count + " " + stride + "\n");
        commands.flush();
        expect("done");
    }

    private void expect(String answer) throws IOException {
        String line = answers.readLine();
        if (!answer.equals(line)) {
            throw new IOException("writer answered " + line);
        }
    }

    static void remove(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        answers.close();
    }
}
