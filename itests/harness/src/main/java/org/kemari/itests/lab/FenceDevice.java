package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a host can switch other hosts off with: a program that ends everything that runs on one of them. */
public final class FenceDevice {
    private static final String PROGRAM =
            """
            #!/bin/sh
            # ends everything that runs in the network namespace $1
            cd "$(dirname "$0")" || exit 2
            echo "$1 $2" >> calls
            case $(cat mode) in
                failing) echo "the management board of $1 does not answer" >&2; exit 1 ;;
                hanging) exec sleep 1000 ;;
            esac
            while pids=$(ip netns pids "$1") && [ -n "$pids" ]; do
                kill -9 $pids
                sleep 0.02
            done
            """;

    private final Path directory;

    /** How it works at present. */
    public enum Mode {
        WORKING,
        FAILING,
        HANGING
    }

    private FenceDevice(Path directory) {
        this.directory = directory;
    }

    /** Makes one, and makes it this host's fence command. */
    public static FenceDevice attach(Lab lab, KemariHost host) {
        FenceDevice device = new FenceDevice(lab.workspace().resolve("fence-of-" + host.name()));
        Path program = device.directory.resolve("fence");
        try {
            Files.createDirectories(device.directory);
            device.mode(Mode.WORKING);
            Files.writeString(program, PROGRAM);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.files()
                .set(
                        "org.kemari.host.cfg",
                        Map.of(
                                "fenceCommand",
                                program + " {host} {domain}",
                                "fenceTimeout",
                                "2 s",
                                "fenceRetryDelay",
                                "200 ms"));
        return device;
    }

    /** Takes the fence command from a host. */
    public static void detach(KemariHost host) {
        host.files().set("org.kemari.host.cfg", Map.of("fenceCommand", ""));
    }

    public void mode(Mode mode) {
        try {
            Path next =
                    Files.writeString(directory.resolve("mode.new"), mode.name().toLowerCase(Locale.ROOT) + "\n");
            Files.move(next, directory.resolve("mode"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has been asked for: {@code host domain}, in order. */
    public List<String> calls() {
        Path calls = directory.resolve("calls");
        try {
            return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
