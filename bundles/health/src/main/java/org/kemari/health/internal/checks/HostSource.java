package org.kemari.health.internal.checks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;

/** Looks at the host's memory and at its state directory. */
final class HostSource implements Source {
    /** The state directory is really written to once in so many rounds. */
    private static final int WRITE_ROUNDS = 10;

    private final KemariConfiguration configuration;
    private final Path proc;
    private int round;
    private String writeFault = "";

    HostSource(KemariConfiguration configuration, Path proc) {
        this.configuration = configuration;
        this.proc = proc;
    }

    @Override
    public String name() {
        return "memory and state directory";
    }

    @Override
    public List<Finding> look(long nanos) throws IOException {
        HostSettings host = configuration.host();
        Path state = existing(host.stateRoot());
        if (round++ % WRITE_ROUNDS == 0) {
            writeFault = tryToWrite(state, state.equals(host.stateRoot()));
        }
        FileStore ram = Files.getFileStore(existing(host.ramRoot()));
        String memory = Files.readString(proc.resolve("meminfo"), StandardCharsets.ISO_8859_1);
        return List.of(
                judgeMemory(
                        host.ramRoot(),
                        ram.getUsableSpace(),
                        ram.getTotalSpace(),
                        kibibytes(memory, "MemAvailable:"),
                        kibibytes(memory, "MemTotal:")),
                judgeState(
                        host.stateRoot(), writeFault, Files.getFileStore(state).getUsableSpace()));
    }

    /** The directory, or what there is of the way to it: it is made when it is first needed. */
    private static Path existing(Path directory) {
        Path there = directory.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private static String tryToWrite(Path directory, boolean isOurs) {
        if (!isOurs) {
            return Files.isWritable(directory) ? "" : "not writable";
        }
        Path file = directory.resolve(".kemari-check");
        try {
            Files.write(file, new byte[] {'\n'});
            Files.delete(file);
            return "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** @return bytes, or -1 if the kernel does not tell */
    static long kibibytes(String meminfo, String key) {
        for (String line : meminfo.split("\n")) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return -1;
    }

    static Finding judgeMemory(Path ramRoot, long usable, long total, long available, long physical) {
        String subject = "memory";
        boolean isRoomShort = usable < total * Limits.MEMORY_LOW;
        boolean isMemoryShort = available >= 0 && physical > 0 && available < physical * Limits.MEMORY_LOW;
        if (!isRoomShort && !isMemoryShort) {
            return Finding.ok(subject, mebibytes(usable) + " free in " + ramRoot);
        }
        String what = (isRoomShort
                        ? "only " + mebibytes(usable) + " of " + mebibytes(total) + " are free in " + ramRoot
                        : "only " + mebibytes(available) + " of this host's memory are available")
                + ": a guest that touches more of its memory is killed when there is none left; enlarge it, or move a domain"
                + " to another host";
        boolean isOut = isRoomShort && usable < total * Limits.MEMORY_OUT
                || isMemoryShort && available < physical * Limits.MEMORY_OUT;
        return isOut ? Finding.critical(subject, what) : Finding.warning(subject, what);
    }

    static Finding judgeState(Path stateRoot, String writeFault, long usable) {
        String subject = "state directory";
        if (!writeFault.isEmpty()) {
            return Finding.critical(
                    subject, stateRoot + " cannot be written to (" + writeFault + "): look at its file system");
        }
        if (usable < Limits.STATE_LOW) {
            String what = "only " + mebibytes(usable) + " are free in " + stateRoot + ": make room";
            return usable < Limits.STATE_FULL ? Finding.critical(subject, what) : Finding.warning(subject, what);
        }
        return Finding.ok(subject, mebibytes(usable) + " free in " + stateRoot);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }
}
