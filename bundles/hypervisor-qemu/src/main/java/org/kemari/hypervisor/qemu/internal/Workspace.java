package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.hypervisor.HypervisorException;

/** Makes the directories and files that a virtual machine needs before it is started. */
final class Workspace {
    /** A unix socket's address has room for so many bytes. */
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final long LONGEST_CONSOLE_LOG = 64L << 20;
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final DomainDefinition domain;
    private final DomainPaths paths;

    Workspace(DomainDefinition domain, DomainPaths paths) {
        this.domain = domain;
        this.paths = paths;
    }

    /**
     * Makes all that is missing, and the RAM file.
     *
     * @param retained whether the RAM file is there already, and stays as it is; otherwise it is new and empty
     */
    void prepare(boolean retained) throws IOException {
        makeDomainDirectory(paths.runDirectory());
        makeDomainDirectory(paths.stateDirectory());
        makePrivateDirectory(paths.ramFile().toAbsolutePath().getParent());
        checkSocketPath(paths.runDirectory().resolve("incoming.sock"));
        removeOldSocket(paths.qmpSocket());
        for (var disk : domain.disks()) {
            removeOldSocket(paths.deviceSocket(disk.id()));
        }
        for (var nic : domain.nics()) {
            removeOldSocket(paths.deviceSocket(nic.id()));
        }
        if (domain.consoleLog().isPresent()) {
            prepareConsoleLog(domain.consoleLog().get());
        }
        if (retained) {
            checkRamFile();
        } else {
            makeRamFile();
        }
    }

    /** Size of the UEFI variables that the domain has on this host, if any. */
    OptionalLong existingVariables() throws IOException {
        Path file = paths.firmwareVariables();
        return Files.exists(file) ? OptionalLong.of(Files.size(file)) : OptionalLong.empty();
    }

    /** Gives the domain UEFI variables of its own, if it has none. */
    void makeVariables(Optional<Firmware> firmware) throws IOException {
        Optional<Path> template = firmware.flatMap(Firmware::variables);
        if (template.isPresent() && existingVariables().isEmpty()) {
            makeDomainDirectory(paths.stateDirectory());
            Path fresh = paths.firmwareVariables().resolveSibling("vars.fd.new");
            Files.copy(template.get(), fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(fresh, paths.firmwareVariables(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Makes a directory that only its owner enters, with its parents; one that exists is left as it is. */
    static void makePrivateDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PRIVATE_DIRECTORY);
        }
    }

    /** A directory of this domain alone: private, whoever has made it. */
    private static void makeDomainDirectory(Path directory) throws IOException {
        makePrivateDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private void removeOldSocket(Path socket) throws IOException {
        checkSocketPath(socket);
        Files.deleteIfExists(socket);
    }

    private void checkSocketPath(Path socket) throws HypervisorException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            throw new HypervisorException("domain " + domain.name() + ": the socket path " + socket + " has " + length
                    + " bytes, more than the " + LONGEST_SOCKET_PATH
                    + " that Linux allows; choose a shorter runRoot or shorter names");
        }
    }

    private static void prepareConsoleLog(Path log) throws IOException {
        Path parent = log.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        if (Files.exists(log) && Files.size(log) > LONGEST_CONSOLE_LOG) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void checkRamFile() throws IOException {
        Path file = paths.ramFile();
        if (!Files.exists(file)) {
            throw new HypervisorException(
                    "domain " + domain.name() + ": the memory that was to be kept, " + file + ", is not there");
        }
        if (Files.size(file) != domain.memoryBytes()) {
            throw new HypervisorException("domain " + domain.name() + ": the memory that was kept, " + file + ", has "
                    + Files.size(file) + " bytes, the domain has " + domain.memoryBytes());
        }
    }

    /** With its full size, so that others can map it, and without content. */
    private void makeRamFile() throws IOException {
        Path file = paths.ramFile();
        // first what says that the old one is worth something
        Files.deleteIfExists(paths.retainedImage());
        Files.deleteIfExists(file);
        FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
        long room = store.getUsableSpace();
        if (room < domain.memoryBytes()) {
            throw new HypervisorException("domain " + domain.name() + ": " + file.getParent() + " (" + store.type()
                    + ") has room for " + (room >> 20) + " MiB, the domain needs " + (domain.memoryBytes() >> 20)
                    + " MiB of memory");
        }
        Files.createFile(file, PRIVATE_FILE);
        try (RandomAccessFile ram = new RandomAccessFile(file.toFile(), "rw")) {
            ram.setLength(domain.memoryBytes());
        }
    }
}
