package org.kemari.config.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;

/** Makes a domain definition of a file's content, or says all that is wrong with it. */
final class DefinitionParser {
    private static final long MIB = 1L << 20;
    private static final long MAX_MEMORY = 16L << 40;
    private static final Pattern CPU = Pattern.compile("[A-Za-z0-9_.,+=-]{1,256}");
    private static final Pattern COMMAND_LINE = Pattern.compile("[^\\p{Cntrl}]{0,2047}");
    /** Names of files that the hypervisor keeps beside the sockets of the devices. */
    private static final Set<String> RESERVED_IDS = Set.of("qmp", "qemu", "ram");

    private enum Machine {
        Q35,
        PC,
        MICROVM
    }

    private final HostView host;
    private final FileCheck files;
    private final String name;
    private final Section root;

    private final Set<String> ids = new HashSet<>();
    private final Set<String> macs = new HashSet<>();
    private final Set<String> taps = new HashSet<>();
    private final Set<Path> paths = new HashSet<>();

    /** Looks at the files that a definition refers to. */
    interface FileCheck {
        enum Kind {
            FILE,
            DISK
        }

        /** @return what is wrong with it as a file of this kind, if anything */
        Optional<String> problem(Path path, Kind kind);
    }

    private DefinitionParser(HostView host, FileCheck files, String name, Section root) {
        this.host = host;
        this.files = files;
        this.name = name;
        this.root = root;
    }

    /**
     * @param host this host
     * @param name the domain's name according to its file
     * @return the definition, exactly if the problems leave it valid
     */
    static Optional<DomainDefinition> parse(
            HostView host, FileCheck files, String name, Section root, Problems problems) {
        DomainDefinition definition = new DefinitionParser(host, files, name, root).domain();
        return problems.valid() ? Optional.of(definition) : Optional.empty();
    }

    private DomainDefinition domain() {
        root.text("name", Names.NAME, Names.NAME_EXPECTED)
                .filter(given -> !given.equals(name))
                .ifPresent(
                        given -> root.problem("name", "'" + given + "' is not the name of the file, '" + name + "'"));
        root.require("memory", "a size such as 512 MiB");
        long memory = root.bytes("memory", 16 * MIB, MAX_MEMORY, MIB).orElse(16 * MIB);
        int vcpus = root.integer("vcpus", 1, 1, 255);
        Machine machine = root.choice("machine", Machine.class).orElse(Machine.Q35);
        String cpu = root.text("cpu", CPU, "a CPU model").orElse("");
        Accelerator accelerator = root.choice("accelerator", Accelerator.class).orElse(Accelerator.AUTO);
        Boot boot = boot();
        List<DiskDefinition> disks = new ArrayList<>();
        root.list("disks").forEach(section -> disks.add(disk(section)));
        List<NicDefinition> nics = new ArrayList<>();
        root.list("nics").forEach(section -> nics.add(nic(section)));
        if (boot instanceof Boot.Disk && disks.isEmpty()) {
            root.problem("disks", "is missing; the firmware boots from the first disk");
        }
        Optional<Path> consoleLog = root.path("consoleLog");
        boolean autostart = root.flag("autostart", false);
        ProtectionSettings protection =
                root.section("protection").map(this::protection).orElse(ProtectionSettings.DEFAULT);
        root.refuseUnknownKeys();
        return new DomainDefinition(
                name,
                memory,
                vcpus,
                machine.name().toLowerCase(Locale.ROOT),
                cpu,
                accelerator,
                boot,
                disks,
                nics,
                consoleLog,
                autostart,
                protection);
    }

    private Boot boot() {
        Boot otherwise = new Boot.Kernel(Path.of("/"), Optional.empty(), "");
        root.require("boot", "a section with 'kernel' or 'firmware'");
        return root.section("boot").map(section -> boot(section, otherwise)).orElse(otherwise);
    }

    private Boot boot(Section section, Boot otherwise) {
        Boot boot = otherwise;
        if (section.has("kernel") && section.has("firmware")) {
            section.problem("firmware", "cannot be combined with 'kernel'");
            return boot;
        }
        if (section.has("firmware")) {
            boot = new Boot.Disk(section.choice("firmware", Boot.Firmware.class).orElse(Boot.Firmware.SEABIOS));
        } else {
            section.require("kernel", "a kernel image here, or 'firmware'");
            Optional<Path> kernel = existing(section, "kernel", FileCheck.Kind.FILE);
            Optional<Path> initrd = existing(section, "initrd", FileCheck.Kind.FILE);
            String commandLine = section.text("commandLine", COMMAND_LINE, "one line of at most 2047 characters")
                    .orElse("");
            boot = new Boot.Kernel(kernel.orElse(Path.of("/")), initrd, commandLine);
        }
        section.refuseUnknownKeys();
        return boot;
    }

    private Optional<Path> existing(Section section, String key, FileCheck.Kind kind) {
        Optional<Path> path = section.path(key);
        path.flatMap(p -> files.problem(p, kind)).ifPresent(reason -> section.problem(key, reason));
        return path;
    }

    private String id(Section section) {
        section.require("id", Names.ID_EXPECTED);
        String id = section.text("id", Names.ID, Names.ID_EXPECTED).orElse("");
        if (RESERVED_IDS.contains(id)) {
            section.problem("id", "'" + id + "' is used by Kemari itself; choose another one");
        } else if (!id.isEmpty() && !ids.add(id)) {
            section.problem("id", "'" + id + "' is used by another device of the domain");
        }
        return id;
    }

    private DiskDefinition disk(Section section) {
        String id = id(section);
        section.require("path", "a raw image file or a block device");
        Path path = existing(section, "path", FileCheck.Kind.DISK).orElse(Path.of("/"));
        if (section.has("path") && !path.equals(Path.of("/")) && !paths.add(path)) {
            section.problem("path", "'" + path + "' is used by another disk of the domain");
        }
        section.require("mode", Section.names(DiskMode.class));
        DiskMode mode = section.choice("mode", DiskMode.class).orElse(DiskMode.SHARED);
        boolean readOnly = section.flag("readOnly", false);
        int queues = section.integer("queues", 1, 1, 16);
        section.refuseUnknownKeys();
        return new DiskDefinition(id, path, mode, readOnly, queues);
    }

    private NicDefinition nic(Section section) {
        String id = id(section);
        String bridge = section.text("bridge", Names.INTERFACE, Names.INTERFACE_EXPECTED)
                .orElse("");
        String mac = section.mac("mac").orElse(Names.mac(name, id));
        if ((Integer.parseInt(mac.substring(0, 2), 16) & 1) != 0) {
            section.problem("mac", "'" + mac + "' is a multicast address");
        } else if (!macs.add(mac)) {
            section.problem("mac", "'" + mac + "' is used by another NIC of the domain");
        }
        String tap = section.text("tapDevice", Names.INTERFACE, Names.INTERFACE_EXPECTED)
                .orElse(Names.tapDevice(host.name(), name, id));
        if (!taps.add(tap)) {
            section.problem("tapDevice", "'" + tap + "' is used by another NIC of the domain");
        }
        section.refuseUnknownKeys();
        return new NicDefinition(id, bridge, mac, tap);
    }

    private ProtectionSettings protection(Section section) {
        Duration maxAge = section.duration(
                "maxEpochAge", ProtectionSettings.DEFAULT.maxEpochAge(), Duration.ofMillis(10), Duration.ofMinutes(1));
        Duration minGap =
                section.duration("minEpochGap", ProtectionSettings.DEFAULT.minEpochGap(), Duration.ZERO, maxAge);
        int inFlight = section.integer(
                "epochsInFlight",
                ProtectionSettings.DEFAULT.epochsInFlight(),
                1,
                ProtectionSettings.MOST_EPOCHS_IN_FLIGHT);
        Duration target = section.duration(
                "targetLatency", ProtectionSettings.DEFAULT.targetLatency(), Duration.ZERO, Duration.ofSeconds(1));
        if (section.has("standby")) {
            section.problem("standby", "is a list now; write standbys: [" + section.shown("standby") + "]");
        }
        List<String> standbys = standbys(section);
        boolean automatic = section.flag("automatic", ProtectionSettings.DEFAULT.automatic());
        FencePolicy fence = section.choice("fence", FencePolicy.class).orElse(ProtectionSettings.DEFAULT.fence());
        if (fence == FencePolicy.ALWAYS && !host.fences()) {
            section.advise(
                    "fence",
                    "is always, but this host has no fenceCommand: a takeover by it waits for an operator."
                            + " The definition is in force all the same");
        }
        WritePolicy writePolicy =
                section.choice("writePolicy", WritePolicy.class).orElse(ProtectionSettings.DEFAULT.writePolicy());
        boolean frameLog = section.flag("frameLog", ProtectionSettings.DEFAULT.frameLog());
        boolean packetLog = section.flag("packetLog", ProtectionSettings.DEFAULT.packetLog());
        section.refuseUnknownKeys();
        return new ProtectionSettings(
                standbys, automatic, fence, maxAge, minGap, writePolicy, inFlight, target, frameLog, packetLog);
    }

    /** In the order given, this host's own name included: so all hosts can have the same file. */
    private List<String> standbys(Section section) {
        List<String> standbys = section.texts("standbys", Names.NAME, Names.NAME_EXPECTED);
        Set<String> seen = new HashSet<>();
        for (String standby : standbys) {
            if (!seen.add(standby)) {
                section.problem("standbys", "'" + standby + "' is given twice");
            } else if (!host.knows(standby)) {
                section.advise(
                        "standbys",
                        "'" + standby + "' is not a peer of this host (" + peers()
                                + "), so it is passed over. The definition is in force all the same");
            }
        }
        return standbys;
    }

    private String peers() {
        return host.peers().isEmpty() ? "it has none" : "peers: " + String.join(", ", new TreeSet<>(host.peers()));
    }
}
