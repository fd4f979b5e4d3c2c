package org.kemari.itests.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kemari.itests.lab.Shell;

/** This machine's own programs, with the libraries they are linked to, as files for a guest. */
final class Programs {
    /** A line of ldd: what a library is called, and the file that it is. */
    private static final Pattern LIBRARY = Pattern.compile("(?:^|=>)\\s*(/\\S+) \\(0x");

    private final Map<String, Path> files = new TreeMap<>();

    /** The files, by where they are to be in the guest. */
    Map<String, Path> files() {
        return Map.copyOf(files);
    }

    /** Adds a program as {@code /bin/NAME}, from the first of some names that there is here. */
    Programs add(String name, String... candidates) {
        Path program = Stream.of(candidates)
                .flatMap(Programs::inPath)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + String.join(" or ", candidates)
                        + " on this machine: ./kemari bench compare installs what it needs on Debian and Ubuntu"));
        return add(name, program);
    }

    Programs add(String name, Path program) {
        files.put("bin/" + name, program);
        String libraries = Shell.run(List.of("ldd", program.toString()));
        if (libraries.contains("not found")) {
            throw new IllegalStateException(program + " lacks a library: " + libraries);
        }
        for (String file : libraries(libraries)) {
            files.put(file.substring(1), Path.of(file));
        }
        return this;
    }

    /** Any other file. */
    Programs addFile(String inGuest, Path file) {
        files.put(inGuest, file);
        return this;
    }

    /** Files that ldd names, the dynamic loader too. */
    static List<String> libraries(String ldd) {
        return ldd.lines()
                .map(line -> LIBRARY.matcher(line))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static Stream<Path> inPath(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable);
    }
}
