package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The files of one host: its etc directory, and where it keeps guests. */
public final class HostFiles {
    /** Port on which hosts listen for each other. */
    private static final int PEER_PORT = 7171;
    /** With {@code -Dkemari.qemu=…} hosts run their guests with that QEMU. */
    private static final String QEMU = System.getProperty("kemari.qemu", "");

    private final Lab lab;
    private final String name;
    private final Path base;
    private Path disks;

    HostFiles(Lab lab, String name, Path base) {
        this.lab = lab;
        this.name = name;
        this.base = base;
        this.disks = base.resolve("disks");
    }

    public Path etc() {
        return base.resolve("etc");
    }

    public Path domains() {
        return etc().resolve("kemari/domains");
    }

    public Path runRoot() {
        return base.resolve("run");
    }

    public Path stateRoot() {
        return base.resolve("state");
    }

    public Path ramRoot() {
        return base.resolve("ram");
    }

    /** Where the guests' consoles are logged. */
    public Path consoles() {
        return base.resolve("consoles");
    }

    /** Where the disk images of this host are. */
    public Path disks() {
        return disks;
    }

    /** Keeps the disk images somewhere else, on a disk for instance; otherwise they are in memory. */
    public void keepDisksIn(Path directory) {
        disks = directory;
    }

    public Path log() {
        return base.resolve("data/log/karaf.log");
    }

    /** Writes the host's etc directory: the assembly's, and what makes this host this host. */
    void write(Path assembly, List<String> allHosts) {
        try {
            writeCommon(assembly);
            reachArbiter(true);
            for (Path directory : List.of(domains(), runRoot(), stateRoot(), ramRoot(), consoles(), disks())) {
                Files.createDirectories(directory);
            }
            set("org.kemari.host.cfg", settings(allHosts));
            new Certificates(lab.root()).give(name, etc());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the etc directory of a witness as an operator does: one file comes, one goes. */
    void writeWitness(Path assembly, int port) {
        String server = "org.kemari.arbiter.zookeeper.server.cfg";
        try {
            writeCommon(assembly);
            Files.move(etc().resolve("kemari/examples").resolve(server), etc().resolve(server));
            Files.delete(etc().resolve("org.kemari.host.cfg"));
            set(
                    server,
                    Map.of(
                            "clientAddress",
                            "0.0.0.0:" + port,
                            "dataDirectory",
                            stateRoot().resolve("zookeeper").toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeCommon(Path assembly) {
        Lab.copyTree(assembly.resolve("etc"), etc());
        set(
                "users.properties",
                Map.of(
                        HostConsole.USER,
                        HostConsole.PASSWORD + ",_g_:admingroup",
                        "_g_\\:admingroup",
                        "group,admin,manager,viewer,systembundles,ssh",
                        HostShell.VIEWER,
                        HostShell.VIEWER + ",viewer,ssh"));
        String console = lab.network().address(name, Wire.CONSOLE);
        Map<String, String> management = new LinkedHashMap<>();
        management.put("rmiRegistryHost", console);
        management.put("rmiRegistryPort", Integer.toString(HostConsole.REGISTRY_PORT));
        management.put("rmiServerHost", console);
        management.put("rmiServerPort", Integer.toString(HostConsole.SERVER_PORT));
        set("org.apache.karaf.management.cfg", management);
        set("org.ops4j.pax.web.cfg", Map.of("org.ops4j.pax.web.listening.addresses", console));
        // a key of another algorithm takes a busy machine seconds to make
        set(
                "org.apache.karaf.shell.cfg",
                Map.of(
                        "sshHost",
                        console,
                        "sshPort",
                        Integer.toString(HostShell.PORT),
                        "algorithm",
                        "EC",
                        "keySize",
                        "256"));
        set("org.ops4j.pax.url.mvn.cfg", Map.of("org.ops4j.pax.url.mvn.repositories", ""));
    }

    private Map<String, String> settings(List<String> allHosts) {
        List<String> peers = new ArrayList<>();
        for (String other : allHosts) {
            if (!other.equals(name)) {
                lab.network().addHost(other);
                peers.add(other + "=" + addresses(other, "|"));
            }
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("name", name);
        settings.put("listen", addresses(name, ","));
        settings.put("peers", String.join(",", peers));
        settings.put("runRoot", runRoot().toString());
        settings.put("stateRoot", stateRoot().toString());
        settings.put("ramRoot", ramRoot().toString());
        settings.put("domainDirectory", domains().toString());
        // all hosts, their guests and the tests share a machine's processors: a host that is only slow is not lost
        settings.put("silenceTimeout", "2 s");
        if (!QEMU.isEmpty()) {
            settings.put("qemuBinary", QEMU);
        }
        settings.put("arbiterEngine", "file");
        settings.put("arbiterDirectory", arbiter().resolve("records").toString());
        return settings;
    }

    private String addresses(String host, String separator) {
        return Wire.paths().stream()
                .map(wire -> lab.network().address(host, wire) + ":" + PEER_PORT)
                .collect(Collectors.joining(separator));
    }

    /** This host's way to what all hosts share: a link to it, so that it can be taken from one host alone. */
    private Path arbiter() {
        return base.resolve("arbiter");
    }

    /** From now on this host's arbiter (of engine {@code file}) does not answer, or does again. */
    void reachArbiter(boolean reach) {
        try {
            Path shared = Files.createDirectories(lab.workspace().resolve("arbiter"));
            Path link = base.resolve("arbiter.new");
            Files.deleteIfExists(link);
            // nothing can be in what is not a directory, nor can one be made there
            Files.createSymbolicLink(link, reach ? shared : Path.of("/dev/null"));
            Files.move(link, arbiter(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the host has lost after a power failure: guest memory, sockets, and what has not been on a disk. */
    void forgetMemory() {
        Lab.deleteTree(runRoot());
        Lab.deleteTree(ramRoot());
    }

    /** Sets properties in a file of the etc directory; what else the file says, stays. */
    public void set(String file, Map<String, String> properties) {
        Path path = etc().resolve(file);
        try {
            List<String> lines = new ArrayList<>();
            if (Files.exists(path)) {
                boolean dropping = false;
                for (String line : Files.readAllLines(path)) {
                    String key = line.split("=", 2)[0].strip();
                    // a line that goes on belongs to its key
                    dropping = dropping || !line.startsWith("#") && properties.containsKey(key);
                    if (!dropping) {
                        lines.add(line);
                    }
                    dropping = dropping && line.endsWith("\\");
                }
            }
            properties.forEach((key, value) -> lines.add(key + " = " + value));
            Files.write(path, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a definition file of a domain into place, whole. */
    public void putDomain(String domain, String yaml) {
        try {
            Path temporary = domains().resolve(domain + ".tmp");
            Files.writeString(temporary, yaml);
            Files.move(temporary, domains().resolve(domain + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void removeDomain(String domain) {
        try {
            Files.deleteIfExists(domains().resolve(domain + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
