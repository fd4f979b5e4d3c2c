package org.kemari.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.linux.internal.LibraryLoader;

/**
 * The library that is preloaded into the hypervisor, so that {@link PageCapture} can find what it writes: it puts a
 * userfaultfd (userfaultfd(2), asynchronous write protection) over the mapping of the guest's memory. It never makes the
 * hypervisor fail, and its children do not inherit it; how it went stands in a status file.
 */
public final class Preload {
    private static final String LIBRARY = "libkemari-preload.so";

    /**
     * How the library fared.
     *
     * @param tracking whether writes are tracked
     * @param reason why not; empty if they are
     */
    public record Status(boolean tracking, String reason) {}

    private Preload() {}

    /** Writes the library into a directory, which must allow execution, and returns its path. */
    public static Path extract(Path directory) throws IOException {
        Path file = directory.resolve(LIBRARY);
        // Never written in place: a running hypervisor may have it mapped.
        Path fresh = Files.createTempFile(
                directory,
                LIBRARY,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        LibraryLoader.extract(LIBRARY, fresh);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    /**
     * The environment that makes a process use it.
     *
     * @param library from {@link #extract}
     * @param ramFile the file that the process will map as its guest's memory
     * @param statusFile where it says how it went; removed by the caller before the start
     */
    public static Map<String, String> environment(Path library, Path ramFile, Path statusFile) {
        return Map.of(
                "LD_PRELOAD", library.toAbsolutePath().toString(),
                "KEMARI_RAM_FILE", ramFile.toAbsolutePath().toString(),
                "KEMARI_TRACK_STATUS", statusFile.toAbsolutePath().toString());
    }

    /**
     * The same environment, for a process whose writes are tracked from the moment it maps the file: {@link PageCapture}
     * finds by its first scan exactly what was written since. It costs page tables for all of the memory, and a fault at
     * the first write to each page.
     */
    public static Map<String, String> fromStart(Map<String, String> environment) {
        Map<String, String> with = new HashMap<>(environment);
        with.put("KEMARI_TRACK_FROM_START", "1");
        return Map.copyOf(with);
    }

    /** What the library said; empty if the process has not mapped its guest's memory (yet). */
    public static Optional<Status> status(Path statusFile) throws IOException {
        if (!Files.exists(statusFile)) {
            return Optional.empty();
        }
        String line = Files.readString(statusFile).strip();
        return line.isEmpty()
                ? Optional.empty()
                : Optional.of(new Status(line.equals("ok"), line.equals("ok") ? "" : line));
    }
}
