package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kemari.api.domain.Boot;
import org.kemari.api.hypervisor.HypervisorException;

/**
 * Firmware as flash images. As flash, and not as QEMU's built-in ROM, because a machine that waits for device state leaves
 * that ROM empty, and the first reboot after a takeover would hang.
 *
 * @param code read-only image
 * @param variables template of the writable image with the UEFI variables
 */
record Firmware(Path code, Optional<Path> variables) {
    private record Pair(String code, String variables) {}

    private static final List<Pair> OVMF = List.of(
            new Pair("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
            new Pair("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
            new Pair("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
            new Pair("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
            new Pair("/usr/share/edk2-ovmf/x64/OVMF_CODE.fd", "/usr/share/edk2-ovmf/x64/OVMF_VARS.fd"),
            new Pair("/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"));

    private static final String SEABIOS = "bios-256k.bin";

    /**
     * Finds the images of this host.
     *
     * @param dataDirectories where the emulator looks for its files
     * @param existingVariables size of the variables that the domain already has, if any: the code must fit them
     */
    static Firmware find(Boot.Firmware kind, List<Path> dataDirectories, OptionalLong existingVariables)
            throws HypervisorException {
        return kind == Boot.Firmware.OVMF ? findOvmf(existingVariables) : findSeaBios(dataDirectories);
    }

    private static Firmware findSeaBios(List<Path> dataDirectories) throws HypervisorException {
        for (Path directory : dataDirectories) {
            Path image = directory.resolve(SEABIOS);
            if (Files.isReadable(image)) {
                return new Firmware(image.normalize(), Optional.empty());
            }
        }
        throw new HypervisorException("the firmware " + SEABIOS + " is in none of " + dataDirectories
                + "; install it (Debian: package seabios)");
    }

    private static Firmware findOvmf(OptionalLong existingVariables) throws HypervisorException {
        for (Pair pair : OVMF) {
            Path code = Path.of(pair.code);
            Path variables = Path.of(pair.variables);
            if (Files.isReadable(code) && Files.isReadable(variables) && fits(variables, existingVariables)) {
                return new Firmware(code, Optional.of(variables));
            }
        }
        String size = existingVariables.isPresent()
                ? " with variables of " + existingVariables.getAsLong() + " bytes, as this domain already has,"
                : "";
        throw new HypervisorException("no UEFI firmware" + size + " found among "
                + OVMF.stream().map(Pair::code).toList() + "; install it (Debian: package ovmf)");
    }

    private static boolean fits(Path variables, OptionalLong existing) throws HypervisorException {
        try {
            return existing.isEmpty() || existing.getAsLong() == Files.size(variables);
        } catch (IOException e) {
            throw new HypervisorException("cannot look at the firmware " + variables + ": " + e.getMessage(), e);
        }
    }
}
