package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.HypervisorException;

class WorkspaceTest {
    @TempDir
    private Path root;

    private DomainPaths paths() {
        return DomainPaths.of(root.resolve("run"), root.resolve("state"), root.resolve("ram"), "web");
    }

    private static DomainDefinition domain(long memoryBytes) {
        return new DomainDefinition(
                "web",
                memoryBytes,
                1,
                "q35",
                "",
                Accelerator.TCG,
                new Boot.Disk(Boot.Firmware.OVMF),
                List.of(),
                List.of(),
                Optional.empty(),
                false,
                ProtectionSettings.DEFAULT);
    }

    @Test
    void everythingIsPrivateAndMemoryIsEmpty() throws Exception {
        DomainPaths paths = paths();
        Files.createDirectories(paths.runDirectory());
        Files.createDirectories(paths.ramFile().getParent());
        Files.writeString(paths.ramFile(), "of another guest");
        new Workspace(domain(8 << 20), paths).prepare(false);
        for (Path path : List.of(paths.runDirectory(), paths.stateDirectory())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(paths.ramFile())))
                .isEqualTo("rw-------");
        assertThat(paths.ramFile()).hasSize(8 << 20);
        assertThat(Files.readAllBytes(paths.ramFile())).containsOnly(0);
    }

    @Test
    void keptMemoryStaysAsItIsOrIsRefused() throws Exception {
        DomainPaths paths = paths();
        Workspace workspace = new Workspace(domain(4096), paths);
        workspace.prepare(false);
        Files.write(paths.ramFile(), new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
        Files.writeString(paths.retainedImage(), "what it holds");
        workspace.prepare(true);
        assertThat(Files.readAllBytes(paths.ramFile())).startsWith(1, 2, 3).hasSize(4096);
        assertThat(paths.retainedImage()).exists();
        assertThatThrownBy(() -> new Workspace(domain(8192), paths).prepare(true))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("4096 bytes, the domain has 8192");
        workspace.prepare(false);
        assertThat(Files.readAllBytes(paths.ramFile())).containsOnly(0);
        assertThat(paths.retainedImage()).doesNotExist();
    }

    @Test
    void tooLittleRoomAndTooLongNamesAreRefused() {
        assertThatThrownBy(() -> new Workspace(domain(1L << 50), paths()).prepare(false))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("the domain needs 1073741824 MiB");
        DomainPaths deep = DomainPaths.of(root.resolve("x".repeat(100)), root.resolve("s"), root.resolve("r"), "web");
        assertThatThrownBy(() -> new Workspace(domain(8 << 20), deep).prepare(false))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("107")
                .hasMessageContaining("runRoot");
    }

    @Test
    void variablesAreMadeOnceAndKept() throws Exception {
        Path template = Files.writeString(root.resolve("template"), "fresh");
        Optional<Firmware> firmware = Optional.of(new Firmware(root.resolve("code"), Optional.of(template)));
        Workspace workspace = new Workspace(domain(8 << 20), paths());
        assertThat(workspace.existingVariables()).isEmpty();
        workspace.makeVariables(firmware);
        assertThat(paths().firmwareVariables()).hasContent("fresh");
        Files.writeString(paths().firmwareVariables(), "changed by the guest");
        workspace.makeVariables(firmware);
        assertThat(paths().firmwareVariables()).hasContent("changed by the guest");
        assertThat(workspace.existingVariables()).hasValue(20);
    }

    @Test
    void missingFirmwareIsNamedWithItsPackage() {
        assertThatThrownBy(() -> Firmware.find(Boot.Firmware.SEABIOS, List.of(root), OptionalLong.empty()))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("bios-256k.bin")
                .hasMessageContaining("seabios");
        assertThatThrownBy(() -> Firmware.find(Boot.Firmware.OVMF, List.of(), OptionalLong.of(12345)))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("12345")
                .hasMessageContaining("ovmf");
    }
}
