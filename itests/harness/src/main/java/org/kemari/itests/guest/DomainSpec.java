package org.kemari.itests.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Network;

/** What a test wants of a domain, and the definition file that says it on a host. */
public final class DomainSpec {
    private final String name;
    private final String address;
    private int memoryMib = 256;
    private int vcpus = 1;
    private String machine = "";
    private String firmwareBoot = "";
    private GuestImage image;
    private String extraCommandLine = "";
    private String extraYaml = "";
    private List<String> standbys = List.of();
    private boolean automatic;
    private boolean autostart;
    private String fence = "";
    /** With {@code -Dkemari.writePolicy=…} whatever is done to guests is done under that policy. */
    private String writePolicy = System.getProperty("kemari.writePolicy", "");

    private final List<DiskSpec> disks = new ArrayList<>();
    private boolean nic = true;

    /**
     * A disk.
     *
     * @param id its id
     * @param mode {@code mirrored} or {@code shared}
     * @param file name of the image in the directory of a host, or an absolute path
     * @param queues number of request queues
     */
    public record DiskSpec(String id, String mode, String file, int queues) {
        /** Where the image is on a host. */
        public Path on(KemariHost host) {
            Path path = Path.of(file);
            return path.isAbsolute() ? path : host.files().disks().resolve(file);
        }
    }

    /**
     * A domain with a network interface.
     *
     * @param name its name
     * @param address the guest's address, {@code 198.18.7.x}
     */
    public DomainSpec(String name, String address) {
        this.name = name;
        this.address = address;
    }

    public String name() {
        return name;
    }

    public String address() {
        return address;
    }

    public List<DiskSpec> disks() {
        return List.copyOf(disks);
    }

    public int memoryMib() {
        return memoryMib;
    }

    public int vcpus() {
        return vcpus;
    }

    /** The host loads kernel and initial RAM disk of the test guest. */
    public DomainSpec kernel(GuestImage image) {
        this.image = image;
        return this;
    }

    /** The firmware boots the first disk. */
    public DomainSpec firmware(String firmware) {
        this.firmwareBoot = firmware;
        return this;
    }

    public DomainSpec memory(int mib) {
        this.memoryMib = mib;
        return this;
    }

    public DomainSpec vcpus(int count) {
        this.vcpus = count;
        return this;
    }

    public DomainSpec machine(String type) {
        this.machine = type;
        return this;
    }

    public DomainSpec commandLine(String more) {
        this.extraCommandLine = " " + more;
        return this;
    }

    /** Hosts that it may be protected on; protected only when asked, see {@link #automatic}. */
    public DomainSpec standbys(String... hosts) {
        this.standbys = List.of(hosts);
        return this;
    }

    /** Whether it is protected without being asked. Here, unlike in a definition that does not say, not. */
    public DomainSpec automatic(boolean on) {
        this.automatic = on;
        return this;
    }

    /** Whether it is started with Kemari. */
    public DomainSpec autostart(boolean on) {
        this.autostart = on;
        return this;
    }

    /** When the old primary is fenced before a takeover: {@code auto}, {@code always} or {@code never}. */
    public DomainSpec fence(String policy) {
        this.fence = policy;
        return this;
    }

    /** When mirrored disks are written: {@code hold} or {@code run-ahead}; empty: as Kemari does by itself. */
    public DomainSpec writePolicy(String policy) {
        this.writePolicy = policy.isEmpty() ? writePolicy : policy;
        return this;
    }

    /** Adds lines at the end of the file. */
    public DomainSpec yaml(String lines) {
        this.extraYaml = lines;
        return this;
    }

    public DomainSpec withoutNic() {
        this.nic = false;
        return this;
    }

    public DomainSpec mirrored(String id, String file, int queues) {
        disks.add(new DiskSpec(id, "mirrored", file, queues));
        return this;
    }

    public DomainSpec shared(String id, Path file, int queues) {
        disks.add(new DiskSpec(id, "shared", file.toString(), queues));
        return this;
    }

    /** The kernel command line of the guest. */
    public String kernelCommandLine() {
        String network = nic ? " kemari.ip=" + address + "/" + Network.PREFIX_BITS : "";
        String data = disks.isEmpty() && !extraCommandLine.contains("kemari.data=") ? " kemari.data=none" : "";
        return GuestImage.COMMAND_LINE + network + data + extraCommandLine;
    }

    /** The definition file for a host. */
    public String yaml(KemariHost host) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("name: ").append(name).append('\n');
        yaml.append("memory: ").append(memoryMib).append(" MiB\n");
        yaml.append("vcpus: ").append(vcpus).append('\n');
        if (!machine.isEmpty()) {
            yaml.append("machine: ").append(machine).append('\n');
        }
        yaml.append("boot:\n");
        if (firmwareBoot.isEmpty()) {
            yaml.append("  kernel: ").append(image.kernel()).append('\n');
            yaml.append("  initrd: ").append(image.initrd()).append('\n');
            yaml.append("  commandLine: ").append(kernelCommandLine()).append('\n');
        } else {
            yaml.append("  firmware: ").append(firmwareBoot).append('\n');
        }
        if (!disks.isEmpty()) {
            yaml.append("disks:\n");
            for (DiskSpec disk : disks) {
                yaml.append("  - id: ").append(disk.id()).append('\n');
                yaml.append("    path: ").append(disk.on(host)).append('\n');
                yaml.append("    mode: ").append(disk.mode()).append('\n');
                yaml.append("    queues: ").append(disk.queues()).append('\n');
            }
        }
        if (nic) {
            yaml.append("nics:\n");
            yaml.append("  - id: lan\n");
            yaml.append("    bridge: ").append(Network.HOST_BRIDGE).append('\n');
        }
        yaml.append("consoleLog: ")
                .append(host.files().consoles().resolve(name + ".log"))
                .append('\n');
        yaml.append("autostart: ").append(autostart).append('\n');
        yaml.append("protection:\n");
        yaml.append("  standbys: [").append(String.join(", ", standbys)).append("]\n");
        yaml.append("  automatic: ").append(automatic).append('\n');
        if (!fence.isEmpty()) {
            yaml.append("  fence: ").append(fence).append('\n');
        }
        if (!writePolicy.isEmpty()) {
            yaml.append("  writePolicy: ").append(writePolicy).append('\n');
        }
        yaml.append(extraYaml);
        return yaml.toString();
    }

    /** Puts the definition on hosts, and has them read it. */
    public void define(KemariHost... hosts) {
        for (KemariHost host : hosts) {
            host.files().putDomain(name, yaml(host));
            if (host.isRunning()) {
                host.console().host().reloadConfiguration();
            }
        }
    }
}
