package org.kemari.health.internal.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.health.internal.checks.ProcessSample.ThreadSample;

/** Reads proc(5). */
final class Processes {
    /** The kernel's unit of times in {@code stat}, on every architecture that it tells user space of. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private final Path proc;

    Processes(Path proc) {
        this.proc = proc;
    }

    /** @return empty if there is no such process, or only its exit status is left */
    Optional<ProcessSample> sample(long pid) throws IOException {
        Path directory = proc.resolve(Long.toString(pid));
        try {
            char state = Stat.read(directory.resolve("stat")).state();
            if (state == 'Z' || state == 'X') {
                return Optional.empty();
            }
            List<ThreadSample> threads = new ArrayList<>();
            try (DirectoryStream<Path> tasks = Files.newDirectoryStream(directory.resolve("task"))) {
                for (Path task : tasks) {
                    addThread(task, threads);
                }
            }
            return Optional.of(new ProcessSample(pid, state, threads));
        } catch (IOException e) {
            if (isGone(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void addThread(Path task, List<ThreadSample> threads) throws IOException {
        try {
            Stat stat = Stat.read(task.resolve("stat"));
            long id = Long.parseLong(task.getFileName().toString());
            threads.add(new ThreadSample(id, stat.name(), stat.state(), ran(task, stat)));
        } catch (IOException e) {
            if (!isGone(e)) {
                throw e;
            }
        }
    }

    /** To the nanosecond if the kernel keeps such figures, otherwise in ticks. */
    private static long ran(Path task, Stat stat) throws IOException {
        try {
            String figures = Files.readString(task.resolve("schedstat"), StandardCharsets.ISO_8859_1);
            return Long.parseLong(figures.substring(0, figures.indexOf(' ')));
        } catch (NoSuchFileException | IndexOutOfBoundsException | NumberFormatException e) {
            return stat.ticks() * NANOS_PER_TICK;
        }
    }

    /** The process has ended between the opening and the reading of a file (ESRCH), or before. */
    private static boolean isGone(IOException e) {
        return e instanceof NoSuchFileException
                || String.valueOf(e.getMessage()).contains("No such process");
    }

    private record Stat(String name, char state, long ticks) {
        static Stat read(Path file) throws IOException {
            String line = Files.readString(file, StandardCharsets.ISO_8859_1);
            // The name is in parentheses and may contain anything, parentheses too.
            int open = line.indexOf('(');
            int close = line.lastIndexOf(')');
            try {
                String[] rest = line.substring(close + 2).split(" ");
                return new Stat(
                        line.substring(open + 1, close),
                        rest[0].charAt(0),
                        Long.parseLong(rest[11]) + Long.parseLong(rest[12]));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("cannot make sense of " + file + ": " + line.strip(), e);
            }
        }
    }
}
