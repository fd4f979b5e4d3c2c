package org.kemari.hypervisor.qemu.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The guest's CPU.
 *
 * @param model as QEMU names it, with feature flags if any
 * @param accelerator {@code kvm} or {@code tcg}
 */
record CpuModel(String model, String accelerator) {
    private static final Set<String> TELLING =
            Set.of("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "vmx flags");

    /** The model of a definition, or the accelerator's default. */
    static CpuModel of(String defined, String accelerator) {
        if (!defined.isEmpty()) {
            return new CpuModel(defined, accelerator);
        }
        return new CpuModel(accelerator.equals("kvm") ? "host" : "qemu64", accelerator);
    }

    /** Whether the guest sees what this host's CPU happens to have. */
    private boolean dependsOnHost() {
        String base = model.split(",", 2)[0];
        return accelerator.equals("kvm") && (base.equals("host") || base.equals("max"));
    }

    /**
     * What must be equal on two hosts.
     *
     * @param cpuinfo lines of {@code /proc/cpuinfo}
     */
    String identity(List<String> cpuinfo) {
        return dependsOnHost() ? model + " (" + digest(cpuinfo) + ")" : model;
    }

    private static String digest(List<String> cpuinfo) {
        String first = cpuinfo.stream()
                .takeWhile(line -> !line.isBlank())
                .filter(line -> TELLING.contains(line.split(":", 2)[0].strip()))
                .collect(Collectors.joining("\n"));
        String name = cpuinfo.stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.split(":", 2)[1].strip())
                .findFirst()
                .orElse("unknown CPU");
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(first.getBytes(StandardCharsets.UTF_8));
            return name + ", features " + HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
