package org.kemari.config.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/** Looks at the files of this host. */
final class HostFiles implements DefinitionParser.FileCheck {
    private static final int TYPE_MASK = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    @Override
    public Optional<String> problem(Path path, Kind kind) {
        if (!Files.exists(path)) {
            return Optional.of("'" + path + "' does not exist");
        }
        if (Files.isDirectory(path)) {
            return Optional.of("'" + path + "' is a directory");
        }
        if (kind == Kind.DISK && !Files.isRegularFile(path) && !isBlockDevice(path)) {
            return Optional.of("'" + path + "' is neither a file nor a block device");
        }
        if (!Files.isReadable(path)) {
            return Optional.of("'" + path + "' cannot be read by this user");
        }
        return Optional.empty();
    }

    private static boolean isBlockDevice(Path path) {
        try {
            Object mode = Files.getAttribute(path, "unix:mode");
            return ((Integer) mode & TYPE_MASK) == BLOCK_DEVICE;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // No such view on this file system: what is special and not a file counts as a device.
            return isOther(path);
        }
    }

    private static boolean isOther(Path path) {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class, new LinkOption[0])
                    .isOther();
        } catch (IOException e) {
            return false;
        }
    }
}
