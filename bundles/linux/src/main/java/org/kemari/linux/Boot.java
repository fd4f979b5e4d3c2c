package org.kemari.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The present boot of this machine. */
public final class Boot {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private Boot() {}

    /** A name that no other boot has. */
    public static String id() throws IOException {
        return Files.readString(FILE).strip();
    }
}
