package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxTest {
    @TempDir
    Path directory;

    @Test
    void waitsForTheEndOfAProcess() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        try (Fd process = Linux.openProcess(sleeper.pid());
                Poller poller = new Poller()) {
            assertThat(Linux.awaitExit(process, Duration.ofMillis(1))).isFalse();
            assertThat(Linux.isAlive(sleeper.pid())).isTrue();
            poller.add(process, 3);
            assertThat(poller.await(new long[1], 0)).isZero();
            assertThat(Linux.kill(sleeper.pid(), Linux.SIGTERM)).isTrue();
            assertThat(Linux.awaitExit(process, Duration.ofSeconds(10))).isTrue();
            assertThat(poller.await(new long[1], 0)).isEqualTo(1);
            assertThat(sleeper.waitFor()).isEqualTo(128 + Linux.SIGTERM);
            assertThat(Linux.signal(process, Linux.SIGKILL)).isFalse();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
        assertThat(Linux.waitExit(sleeper.pid(), Duration.ZERO)).isTrue();
        assertThat(Linux.kill(sleeper.pid(), Linux.SIGKILL)).isFalse();
        LinuxException e = catchThrowableOfType(LinuxException.class, () -> Linux.openProcess(sleeper.pid()));
        assertThat(e.errno()).isEqualTo(LinuxException.ESRCH);
    }

    @Test
    void privateDirectories() throws Exception {
        Path run = directory.resolve("run");
        Linux.makePrivateDirectory(run);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run)))
                .isEqualTo("rwx------");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        Linux.makePrivateDirectory(run);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run)))
                .isEqualTo("rwx------");
        Path trap = Files.createSymbolicLink(directory.resolve("trap"), run);
        assertThatThrownBy(() -> Linux.makePrivateDirectory(trap)).hasMessageContaining("ENOTDIR");
        assertThatThrownBy(() -> Linux.makePrivateDirectory(directory.resolve("a/b")))
                .hasMessageContaining("ENOENT");
    }

    @Test
    void freeSpace() throws Exception {
        assertThat(Linux.freeMemory(directory)).isPositive();
        assertThatThrownBy(() -> Linux.freeMemory(directory.resolve("missing"))).hasMessageContaining("missing");
    }

    @Test
    void thePreloadLibraryIsExtractedAndItsStatusRead() throws Exception {
        Path library = Preload.extract(directory);
        assertThat(library).isExecutable();
        assertThat(Preload.extract(directory)).isEqualTo(library);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(library);
        }
        Path status = directory.resolve("status");
        assertThat(Preload.status(status)).isEqualTo(Optional.empty());
        Files.writeString(status, "ok\n");
        assertThat(Preload.status(status)).contains(new Preload.Status(true, ""));
        Files.writeString(status, "failed: userfaultfd: Operation not permitted\n");
        assertThat(Preload.status(status).orElseThrow().tracking()).isFalse();
        assertThat(Preload.status(status).orElseThrow().reason()).contains("Operation not permitted");
    }
}
