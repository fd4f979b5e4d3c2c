package org.kemari.api.domain;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the files of one domain live on one host. The parts of Kemari meet in these files; all of them are made by the
 * part named here, below directories of mode 0700.
 *
 * @param runDirectory sockets, logs and marks of this domain; gone after a reboot
 * @param stateDirectory what must survive a reboot: firmware variables, extent logs
 * @param ramFile the guest's memory, on a tmpfs or hugetlbfs; made by the hypervisor
 */
public record DomainPaths(Path runDirectory, Path stateDirectory, Path ramFile) {
    public DomainPaths {
        Objects.requireNonNull(runDirectory);
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(ramFile);
    }

    /**
     * The usual places.
     *
     * @param runRoot run directory of the host's Kemari
     * @param stateRoot state directory of the host's Kemari
     * @param ramRoot directory on a tmpfs or hugetlbfs
     * @param domain a valid domain name
     */
    public static DomainPaths of(Path runRoot, Path stateRoot, Path ramRoot, String domain) {
        return new DomainPaths(runRoot.resolve(domain), stateRoot.resolve(domain), ramRoot.resolve(domain + ".ram"));
    }

    /** QMP socket; the hypervisor listens. */
    public Path qmpSocket() {
        return runDirectory.resolve("qmp.sock");
    }

    /** vhost-user socket of a disk or NIC; the hypervisor listens, the event tap connects. */
    public Path deviceSocket(String deviceId) {
        return runDirectory.resolve(deviceId + ".sock");
    }

    /**
     * Pages of {@link #ramFile} written by this host's Kemari itself (the tap): one bit per 4 KiB page, little-endian
     * 64-bit words. The writer sets bits before and again after it writes; the capture takes and clears them.
     */
    public Path dirtyPagesFile() {
        return runDirectory.resolve("ram.dirty");
    }

    /** Extents of a disk written since the bits were last taken: one bit per 64 KiB, little-endian 64-bit words. */
    public Path dirtyExtentsFile(String diskId) {
        return stateDirectory.resolve(diskId + ".dirty");
    }

    /**
     * Which extents of a mirrored disk may differ from the copy that another host has: kept while protected by, standing
     * by for, and running without that host. Survives a crash of Kemari and of the hypervisor.
     */
    public Path changeLog(String diskId, String peer) {
        return stateDirectory.resolve(diskId + "." + peer + ".changes");
    }

    /** After a switchover, on the old primary: what the kept {@link #ramFile} holds. */
    public Path retainedImage() {
        return runDirectory.resolve("ram.retained");
    }

    /** UEFI variables of this host's copy. */
    public Path firmwareVariables() {
        return stateDirectory.resolve("vars.fd");
    }

    /** Standard output and error of the hypervisor process. */
    public Path hypervisorLog() {
        return runDirectory.resolve("qemu.log");
    }

    /** Process id of the hypervisor, decimal. */
    public Path pidFile() {
        return runDirectory.resolve("qemu.pid");
    }
}
