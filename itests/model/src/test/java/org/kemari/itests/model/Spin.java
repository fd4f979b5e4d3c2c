package org.kemari.itests.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The model, with some things defined, in a directory of its own: {@code spin -a}, the C compiler, the verifier. */
final class Spin {
    private static final String MODEL = "kemari.pml";
    private static final String MEBIBYTES = "3000";
    private static final String DEPTH = "20000";
    private static final long PATIENCE_MINUTES = 10;
    private static final int TRAIL_LINES = 400;
    private static final Pattern FAILED = Pattern.compile("spin: \\S+\\.pml:(\\d+), Error: assertion violated");

    private final Path directory;
    private final List<String> definitions;

    /**
     * @param model the model
     * @param directory is emptied first
     * @param definitions what is to be defined in it, as {@code -D…}
     */
    Spin(Path model, Path directory, List<String> definitions) throws IOException {
        this.directory = directory;
        this.definitions = List.copyOf(definitions);
        empty(directory);
        Files.createDirectories(directory);
        Files.copy(model, directory.resolve(MODEL), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Searches through it all. */
    Search exhaustively() throws IOException, InterruptedException {
        return search("-O1");
    }

    /** Searches until something is violated; {@code breadthFirst} finds the shortest way to it. */
    Search forViolation(boolean breadthFirst) throws IOException, InterruptedException {
        return breadthFirst ? search("-O0", "-DBFS") : search("-O0");
    }

    private Search search(String... how) throws IOException, InterruptedException {
        run("spin", with("spin", "-a"));
        List<String> compile = new ArrayList<>(List.of("gcc", "-w", "-DSAFETY", "-DNOCLAIM", "-DMEMLIM=" + MEBIBYTES));
        compile.addAll(List.of(how));
        compile.addAll(List.of("-o", "pan", "pan.c"));
        run("gcc", compile);
        return new Search(run("pan", List.of("./pan", "-m" + DEPTH)));
    }

    /** The steps that lead to the violation that was found, and the state after the last of them. */
    String trail() throws IOException, InterruptedException {
        List<String> lines = replay().lines().toList();
        return lines.stream().skip(Math.max(0, lines.size() - TRAIL_LINES)).collect(Collectors.joining("\n"));
    }

    /** The line of the model that asserts what was violated; empty if nothing was. */
    Optional<String> violated() throws IOException, InterruptedException {
        if (!Files.exists(directory.resolve(MODEL + ".trail"))) {
            return Optional.empty();
        }
        Matcher m = FAILED.matcher(replay());
        if (!m.find()) {
            return Optional.empty();
        }
        int line = Integer.parseInt(m.group(1));
        List<String> model = Files.readAllLines(directory.resolve(MODEL));
        // the line itself, and the one above it, where a condition of the preprocessor says what it is for
        return Optional.of(
                model.get(line - 1).strip() + " " + model.get(line - 2).strip());
    }

    private String replay() throws IOException, InterruptedException {
        return run("trail", with("spin", "-t", "-p", "-g"));
    }

    private List<String> with(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(definitions);
        all.add(MODEL);
        return all;
    }

    private String run(String name, List<String> command) throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".log");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException(command.get(0) + " cannot be run; ./kemari setup installs what is needed", e);
        }
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException(name + " has not ended after " + PATIENCE_MINUTES + " minutes; see " + log);
            }
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        if (process.exitValue() != 0) {
            throw new IOException(name + " failed with status " + process.exitValue() + ":\n" + output);
        }
        return output;
    }

    private static void empty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
