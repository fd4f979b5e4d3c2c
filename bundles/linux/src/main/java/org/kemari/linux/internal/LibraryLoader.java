package org.kemari.linux.internal;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Finds {@code libkemari.so}, loads it and checks that it is the one that this bundle was built with. */
public final class LibraryLoader {
    /** System property: a file to load in place of the one inside the bundle. */
    static final String OVERRIDE = "org.kemari.linux.library";
    /** System property of JNA: a directory that is writable and executable. */
    static final String DIRECTORY = "jna.tmpdir";

    private static final int ABI = 3;
    private static final String LIBRARY = "libkemari.so";

    private LibraryLoader() {}

    static NativeLibrary load() {
        List<String> tried = new ArrayList<>();
        String override = System.getProperty(OVERRIDE);
        if (override != null) {
            return open(Path.of(override), tried);
        }
        for (String property : List.of(DIRECTORY, "java.io.tmpdir", "user.home")) {
            String directory = System.getProperty(property);
            if (directory == null || directory.isEmpty()) {
                tried.add(property + " is not set");
                continue;
            }
            Path copy;
            try {
                copy = Files.createTempFile(Path.of(directory), "libkemari", ".so");
            } catch (IOException e) {
                tried.add(property + "=" + directory + ": " + e);
                continue;
            }
            try {
                extract(LIBRARY, copy);
                return open(copy, tried);
            } catch (IOException | UnsatisfiedLinkError e) {
                tried.add(property + "=" + directory + ": " + e.getMessage());
            } finally {
                // Linux keeps the loaded code of a file without a name.
                delete(copy);
            }
        }
        throw failure(tried);
    }

    /** Writes a library of this platform from the bundle to a file. */
    public static void extract(String library, Path file) throws IOException {
        String resource = "/" + Platform.RESOURCE_PREFIX + "/" + library;
        try (InputStream in = LibraryLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("This build of the bundle org.kemari.linux has no " + resource
                        + ": Kemari needs Linux on x86-64" + " (or a build on this platform)");
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static NativeLibrary open(Path file, List<String> tried) {
        NativeLibrary library = NativeLibrary.getInstance(file.toAbsolutePath().toString());
        int abi;
        try {
            abi = library.getFunction("kemari_abi").invokeInt(new Object[0]);
        } catch (UnsatisfiedLinkError e) {
            tried.add(file + " is not libkemari: " + e.getMessage());
            throw failure(tried);
        }
        if (abi != ABI) {
            tried.add(file + " has version " + abi + ", this bundle needs " + ABI);
            throw failure(tried);
        }
        return library;
    }

    private static UnsatisfiedLinkError failure(List<String> tried) {
        return new UnsatisfiedLinkError("Cannot load " + LIBRARY + ". Tried: " + String.join("; ", tried)
                + ". Set the system property " + DIRECTORY + " to a writable directory on a file system that allows"
                + " execution, or " + OVERRIDE + " to a library of this version.");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
