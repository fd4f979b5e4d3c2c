package org.kemari.api.domain;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** How a domain starts. */
public sealed interface Boot {
    /** The firmware; also used (as SeaBIOS) below a direct kernel boot. */
    enum Firmware {
        SEABIOS,
        /** UEFI; its variables live in a file per host. */
        OVMF
    }

    /**
     * The hypervisor loads the kernel.
     *
     * @param kernel kernel image on this host
     * @param initrd initial RAM disk on this host
     * @param commandLine kernel command line, possibly empty
     */
    record Kernel(Path kernel, Optional<Path> initrd, String commandLine) implements Boot {
        public Kernel {
            Objects.requireNonNull(kernel);
            Objects.requireNonNull(initrd);
            Objects.requireNonNull(commandLine);
        }
    }

    /** The firmware boots the first disk. */
    record Disk(Firmware firmware) implements Boot {
        public Disk {
            Objects.requireNonNull(firmware);
        }
    }
}
