package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;

/**
 * UEFI variables are in no checkpoint: the hypervisor reads them from a file of its host when it starts. So the standby
 * gets them when a session begins; what the guest changes in them later, it gets with the next session.
 */
public final class FirmwareVariables {
    /** The largest that is sent; images of today have 528 KiB. */
    public static final int MAX_BYTES = 2 << 20;

    private FirmwareVariables() {}

    /** Whether a guest has any. */
    public static boolean belongTo(DomainIdentity identity) {
        return identity.firmware().equals("ovmf");
    }

    /** All of them; empty if this host has none yet. */
    public static ByteBuffer read(DomainPaths paths) throws IOException {
        Path file = paths.firmwareVariables();
        try {
            byte[] content = Files.readAllBytes(file);
            if (content.length > MAX_BYTES) {
                throw new IOException("the UEFI variables " + file + " have " + content.length
                        + " bytes, more than the " + MAX_BYTES + " that can be sent");
            }
            return ByteBuffer.wrap(content);
        } catch (NoSuchFileException e) {
            return ByteBuffer.allocate(0);
        }
    }
}
