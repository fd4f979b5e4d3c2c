package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdTest {
    @TempDir
    Path directory;

    @Test
    void aMissingFileIsNamedWithItsReason() {
        Path missing = directory.resolve("missing");
        LinuxException e = catchThrowableOfType(LinuxException.class, () -> Fd.open(missing, OpenMode.READ));
        assertThat(e.errno()).isEqualTo(LinuxException.ENOENT);
        assertThat(e).hasMessage("open " + missing + ": No such file or directory (ENOENT)");
    }

    @Test
    void createsPrivateFilesAndOnlyOnce() throws IOException {
        Path file = directory.resolve("f");
        try (Fd fd = Fd.open(file, OpenMode.CREATE_NEW)) {
            fd.truncate(10);
            assertThat(Files.size(file)).isEqualTo(10);
            assertThat(Files.getPosixFilePermissions(file).toString()).doesNotContain("GROUP", "OTHERS");
        }
        LinuxException e = catchThrowableOfType(LinuxException.class, () -> Fd.open(file, OpenMode.CREATE_NEW));
        assertThat(e.errno()).isEqualTo(LinuxException.EEXIST);
        try (Fd fd = Fd.open(file, OpenMode.READ)) {
            assertThatThrownBy(() -> fd.truncate(1)).isInstanceOf(LinuxException.class);
        }
    }

    @Test
    void aClosedDescriptorCannotBeUsedAndADuplicateCan() throws IOException {
        Fd fd = Fd.memfd("m", 100);
        Fd duplicate = fd.duplicate();
        int number = fd.value();
        fd.close();
        fd.close();
        assertThat(fd.isClosed()).isTrue();
        assertThatThrownBy(fd::size).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertThatThrownBy(fd::value).isInstanceOf(IllegalStateException.class);
        assertThat(Path.of("/proc/self/fd/" + number)).doesNotExist();
        assertThat(duplicate.size()).isEqualTo(100);
        duplicate.close();
    }

    @Test
    void closingLetsAUseFinish() throws IOException {
        Fd fd = Fd.memfd("m", 100);
        int number = fd.acquire();
        fd.close();
        assertThat(Files.isSymbolicLink(Path.of("/proc/self/fd/" + number))).isTrue();
        fd.release();
        assertThat(Files.isSymbolicLink(Path.of("/proc/self/fd/" + number))).isFalse();
    }

    @Test
    void spaceIsReservedAndDropped() throws IOException {
        try (Fd fd = Fd.open(directory.resolve("f"), OpenMode.CREATE)) {
            fd.reserve(0, 1 << 20);
            assertThat(fd.size()).isEqualTo(1 << 20);
            fd.punchHole(0, 1 << 20);
            assertThat(fd.size()).isEqualTo(1 << 20);
            assertThatThrownBy(() -> fd.reserve(0, Long.MAX_VALUE)).isInstanceOf(LinuxException.class);
        }
    }

    @Test
    void onlyOpenDescriptorsAreAdopted() {
        assertThatThrownBy(() -> Fd.adopt(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Fd.adopt(1_000_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
