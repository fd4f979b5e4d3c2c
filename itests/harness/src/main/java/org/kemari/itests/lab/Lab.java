package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The place where hosts live: directories, the switch, and what has to be undone. Close it, or end the process: either
 * way nothing remains.
 */
public final class Lab implements AutoCloseable {
    private static Lab shared;

    private final Path root;
    private final Path workspace;
    private final Network network;
    private final Faults faults;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAll, "kemari-lab-close");
    private boolean closed;

    private Lab(Path root, Path workspace) {
        this.root = root;
        this.workspace = workspace;
        this.network = new Network();
        this.faults = new Faults(network);
    }

    /** The laboratory that all tests of this process share; it ends with the process. */
    public static synchronized Lab shared() {
        if (shared == null) {
            shared = open();
        }
        return shared;
    }

    /** Opens the one laboratory of this process. */
    public static Lab open() {
        if (!"inside".equals(System.getenv("KEMARI_LAB"))) {
            throw new IllegalStateException("not in a laboratory: start this with itests/lab/bin/java instead of java");
        }
        try {
            // below the private tmpfs that the laboratory mounts there; the names of sockets must stay short
            Path workspace = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-");
            Lab lab = new Lab(projectRoot(), workspace);
            Runtime.getRuntime().addShutdownHook(lab.hook);
            return lab;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the project is. */
    public static Path projectRoot() {
        return Path.of(Optional.ofNullable(System.getProperty("kemari.root"))
                        .or(() -> Optional.ofNullable(System.getenv("KEMARI_ROOT")))
                        .orElse("."))
                .toAbsolutePath()
                .normalize();
    }

    /** A directory in memory that ends with the laboratory. */
    public Path workspace() {
        return workspace;
    }

    public Path root() {
        return root;
    }

    public Network network() {
        return network;
    }

    /** What can happen to the hosts' cables, and to the hosts. */
    public Faults faults() {
        return faults;
    }

    /** Registers something to close, last in first out. */
    public synchronized <T extends AutoCloseable> T closeLater(T resource) {
        closing.push(resource);
        return resource;
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook is what closes us
            return;
        }
    }

    private synchronized void closeAll() {
        if (closed) {
            return;
        }
        closed = true;
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                System.err.println("kemari: while closing the laboratory: " + e);
            }
        }
        faults.repairAll();
        network.close();
        deleteTree(workspace);
    }

    /** Removes a directory and all below it. */
    public static void deleteTree(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a directory and all below it. */
    public static void copyTree(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
