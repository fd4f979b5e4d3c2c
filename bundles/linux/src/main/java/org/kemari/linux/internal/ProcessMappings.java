package org.kemari.linux.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a process has mapped a file, from {@code /proc/PID/maps} (proc(5)). */
public final class ProcessMappings {
    /**
     * A shared mapping, or a part of one that the kernel has split.
     *
     * @param start first address
     * @param end address after the last
     * @param fileOffset place of the first address in the file, in bytes
     */
    public record Mapping(long start, long end, long fileOffset) {}

    private ProcessMappings() {}

    /** The shared mappings of a file; empty if there are none. */
    public static List<Mapping> of(long pid, Path file) throws IOException {
        long device = ((Number) Files.getAttribute(file, "unix:dev")).longValue();
        long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
        return parse(Files.readAllLines(Path.of("/proc/" + pid + "/maps")), device, inode);
    }

    static List<Mapping> parse(List<String> lines, long device, long inode) {
        long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
        long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
        String wanted = String.format("%02x:%02x", major, minor);
        List<Mapping> found = new ArrayList<>();
        for (String line : lines) {
            // 7f1200000000-7f1220000000 rw-s 00000000 00:1b 42    /dev/shm/web.ram
            String[] fields = line.split(" +", 6);
            if (fields.length < 5
                    || fields[1].charAt(3) != 's'
                    || !fields[3].equals(wanted)
                    || !fields[4].equals(Long.toString(inode))) {
                continue;
            }
            int dash = fields[0].indexOf('-');
            found.add(new Mapping(
                    Long.parseUnsignedLong(fields[0], 0, dash, 16),
                    Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16),
                    Long.parseUnsignedLong(fields[2], 16)));
        }
        return found;
    }
}
