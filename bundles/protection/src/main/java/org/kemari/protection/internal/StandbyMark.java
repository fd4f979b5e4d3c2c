package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this host has been a standby of a domain and has not taken it over, or not to the end: then no guest may boot
 * from its disks. Mirrored ones may lack what was committed, and acknowledged by the host before; shared ones may still be
 * written by that host, which only a takeover fences. The record does not tell: it names this host from the moment at
 * which the takeover was decided. The mark is durable, for it is a crash of this host that it is about.
 */
record StandbyMark(String domain, Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyMark.class);

    /** @throws IOException if it cannot be made durable: then this host must not become a standby */
    void set(String primary) throws IOException {
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(primary.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** The guest runs here. */
    void clear() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn(
                    "domain {}: {} cannot be removed; as long as it is there the domain will not be started here: {}",
                    domain,
                    file,
                    e.getMessage());
        }
    }

    boolean isSet() {
        return Files.exists(file);
    }

    /** Why no guest may boot here, for people; empty if one may. */
    Optional<String> reason() {
        if (!isSet()) {
            return Optional.empty();
        }
        return Optional.of(
                "this host was its standby and went down before a takeover was complete: its disks may lack what"
                        + " was acknowledged, and a shared disk may still be written by the host before. If you are sure that they"
                        + " may be used, remove " + file + " and start it");
    }
}
