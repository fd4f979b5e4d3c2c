package org.kemari.config.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.kemari.api.config.ConfigurationChange;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.domain.DomainDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definition files of a directory, and which definitions of them are in force: of each file the last valid one.
 * Used by one thread at a time.
 */
final class DomainDirectory {
    static final String SUFFIX = ".yaml";
    /** More files than this are surely in the wrong directory. */
    static final int MOST_FILES = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(DomainDirectory.class);

    private final Path directory;
    private HostView host;
    private final DefinitionParser.FileCheck files;
    private final Consumer<ConfigurationChange> changes;
    private final SortedMap<Path, Known> known = new TreeMap<>();
    private List<ConfigurationProblem> ownProblems = List.of();

    /** By what a changed file is told from an unchanged one. */
    private record Stamp(long modifiedNanos, long size, Object key) {}

    private record Known(
            Stamp stamp, Optional<DomainDefinition> definition, boolean valid, List<ConfigurationProblem> problems) {}

    DomainDirectory(
            Path directory, HostView host, DefinitionParser.FileCheck files, Consumer<ConfigurationChange> changes) {
        this.changes = changes;
        this.directory = directory;
        this.host = host;
        this.files = files;
    }

    /** Holds the definitions against these settings from now on; call {@link #look} for all files then. */
    void settings(HostView now) {
        host = now;
    }

    /**
     * Looks at the directory again. Files that have not changed are not read again, except those with problems: what they
     * miss may be there now.
     *
     * @param all reads all files again
     * @return whether definitions or problems have changed
     */
    boolean look(boolean all) {
        Map<String, DomainDefinition> definitionsBefore = definitions();
        List<ConfigurationProblem> problemsBefore = problems();
        List<Path> present;
        try {
            present = list();
            ownProblems = List.of();
        } catch (IOException e) {
            // Not the same as an empty directory: nothing is removed on this account.
            ownProblems = List.of(new ConfigurationProblem(directory.toString(), "", "cannot be listed: " + e));
            present = List.copyOf(known.keySet());
        }
        forgetAllBut(present);
        present.forEach(file -> read(file, all));
        report(problemsBefore);
        return !definitionsBefore.equals(definitions()) || !problemsBefore.equals(problems());
    }

    private List<Path> list() throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.exists(directory)) {
            return found;
        }
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : stream) {
                if (found.size() == MOST_FILES) {
                    throw new IOException("more than " + MOST_FILES + " files");
                }
                if (!file.getFileName().toString().startsWith(".")) {
                    found.add(file);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(found);
        return found;
    }

    private void forgetAllBut(List<Path> present) {
        for (Path file : List.copyOf(known.keySet())) {
            if (!present.contains(file)) {
                Known gone = known.remove(file);
                if (gone.definition().isPresent()) {
                    changes.accept(Differences.file(file.toString(), Optional.empty()));
                }
            }
        }
    }

    private void read(Path file, boolean again) {
        Optional<Stamp> stamp = stamp(file);
        Known before = known.get(file);
        if (stamp.isEmpty()) {
            // Removed just now, or not accessible: the next look will tell.
            return;
        }
        boolean unchanged = before != null
                && before.stamp().equals(stamp.get())
                && before.problems().isEmpty();
        if (unchanged && !again) {
            return;
        }
        Problems problems = new Problems(file.toString());
        Optional<DomainDefinition> read = parse(file, problems);
        read.ifPresent(definition -> Conflicts.find(definition, definitions().values(), problems));
        read = read.filter(definition -> problems.valid());
        Optional<DomainDefinition> inForce = read.isPresent() || before == null ? read : before.definition();
        read.ifPresent(next -> tell(file, before, next));
        known.put(file, new Known(stamp.get(), inForce, problems.valid(), problems.list()));
    }

    private void tell(Path file, Known before, DomainDefinition next) {
        Optional<DomainDefinition> old = before == null ? Optional.empty() : before.definition();
        if (old.isPresent()) {
            Differences.of(file.toString(), old.get(), next).forEach(changes);
        } else {
            changes.accept(Differences.file(file.toString(), Optional.of(next)));
        }
    }

    private Optional<DomainDefinition> parse(Path file, Problems problems) {
        String name = name(file);
        if (!Names.NAME.matcher(name).matches()) {
            problems.add("", "the name before " + SUFFIX + " is not " + Names.NAME_EXPECTED);
            return Optional.empty();
        }
        return DefinitionFile.read(file, problems)
                .flatMap(root -> DefinitionParser.parse(host, files, name, root, problems));
    }

    private static Optional<Stamp> stamp(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(
                    a.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    a.size(),
                    String.valueOf(a.fileKey())));
        } catch (IOException e) {
            LOG.debug("Cannot look at {}: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private void report(List<ConfigurationProblem> before) {
        Set<ConfigurationProblem> reported = Set.copyOf(before);
        ownProblems.stream().filter(p -> !reported.contains(p)).forEach(p -> LOG.warn("Definitions: {}", p));
        known.values().forEach(k -> k.problems().stream()
                .filter(p -> !reported.contains(p))
                .forEach(p -> LOG.warn("{}: {}", k.valid() ? "Worth a look" : "Refused", p)));
        if (problems().isEmpty() && !before.isEmpty()) {
            LOG.info("All definition files in {} are valid", directory);
        }
    }

    private static String name(Path file) {
        String full = file.getFileName().toString();
        return full.substring(0, full.length() - SUFFIX.length());
    }

    /** The definitions in force, by name. */
    Map<String, DomainDefinition> definitions() {
        Map<String, DomainDefinition> all = new TreeMap<>();
        known.values().forEach(k -> k.definition().ifPresent(d -> all.put(d.name(), d)));
        return Collections.unmodifiableMap(all);
    }

    List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> all = new ArrayList<>(ownProblems);
        known.values().forEach(k -> all.addAll(k.problems()));
        return List.copyOf(all);
    }
}
