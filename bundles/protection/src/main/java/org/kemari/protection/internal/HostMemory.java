package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a host has room for a guest's memory. */
final class HostMemory {
    private HostMemory() {}

    /** Bytes that can still be put into files below this directory without running out of memory. */
    static long available(Path ramRoot) throws IOException {
        Path there = ramRoot;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return Math.min(Files.getFileStore(there).getUsableSpace(), memAvailable());
    }

    /** MemAvailable of proc(5), in bytes; unlimited if the kernel does not tell. */
    private static long memAvailable() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return Long.MAX_VALUE;
    }
}
