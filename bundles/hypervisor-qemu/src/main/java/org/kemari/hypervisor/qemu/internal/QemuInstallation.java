package org.kemari.hypervisor.qemu.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the installed QEMU says about itself.
 *
 * @param binary the emulator
 * @param version its version, for instance {@code 7.2.22}
 * @param machines versioned machine type by every name that it goes by
 * @param commands the monitor's commands
 * @param devices the device types
 * @param dataDirectories where it looks for firmware
 */
record QemuInstallation(
        Path binary,
        String version,
        Map<String, String> machines,
        Set<String> commands,
        Set<String> devices,
        List<Path> dataDirectories) {

    private static final Set<String> NEEDED_COMMANDS = Set.of(
            "stop",
            "cont",
            "xen-save-devices-state",
            "migrate-incoming",
            "query-migrate",
            "query-status",
            "system_powerdown");
    private static final Logger LOG = LoggerFactory.getLogger(QemuInstallation.class);
    private static final int SECONDS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    QemuInstallation {
        machines = Map.copyOf(machines);
        commands = Set.copyOf(commands);
        devices = Set.copyOf(devices);
        dataDirectories = List.copyOf(dataDirectories);
    }

    /** Asks a QEMU; takes some 100 ms. */
    static QemuInstallation query(Path binary) throws HypervisorException {
        String answers = run(
                List.of(
                        binary.toString(),
                        "-machine",
                        "none",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-qmp",
                        "stdio"),
                String.join(
                        "\n",
                        "{\"execute\":\"qmp_capabilities\"}",
                        "{\"execute\":\"query-version\",\"id\":\"version\"}",
                        "{\"execute\":\"query-machines\",\"id\":\"machines\"}",
                        "{\"execute\":\"query-commands\",\"id\":\"commands\"}",
                        "{\"execute\":\"qom-list-types\",\"id\":\"devices\","
                                + "\"arguments\":{\"implements\":\"device\",\"abstract\":false}}",
                        "{\"execute\":\"quit\"}\n"));
        Map<String, JsonNode> results = new HashMap<>();
        for (String line : answers.split("\n")) {
            if (!line.startsWith("{")) {
                continue; // a warning
            }
            try {
                JsonNode message = JSON.readTree(line);
                if (message.has("id") && message.has("return")) {
                    results.put(message.get("id").asText(), message.get("return"));
                }
            } catch (IOException e) {
                throw notQemu(binary, line, e);
            }
        }
        if (!results.keySet().containsAll(Set.of("version", "machines", "commands", "devices"))) {
            throw notQemu(binary, answers, null);
        }
        JsonNode version = results.get("version").path("qemu");
        Map<String, String> machines = new HashMap<>();
        results.get("machines").forEach(machine -> {
            String name = machine.path("name").asText();
            machines.put(name, name);
            if (machine.has("alias")) {
                machines.put(machine.get("alias").asText(), name);
            }
        });
        List<Path> directories = new ArrayList<>();
        run(List.of(binary.toString(), "-L", "help"), "")
                .lines()
                .filter(line -> line.startsWith("/"))
                .forEach(line -> directories.add(Path.of(line.strip()).normalize()));
        return new QemuInstallation(
                binary,
                version.path("major").asInt() + "." + version.path("minor").asInt() + "."
                        + version.path("micro").asInt(),
                machines,
                names(results.get("commands")),
                names(results.get("devices")),
                directories);
    }

    /** Refuses what this QEMU cannot do. */
    void require(String machine, Set<String> neededDevices) throws HypervisorException {
        Set<String> missing = new HashSet<>(NEEDED_COMMANDS);
        missing.removeAll(commands);
        if (!missing.isEmpty()) {
            throw new HypervisorException(
                    this + " lacks the monitor commands " + missing + "; 7.2 and later have them");
        }
        versionedMachine(machine);
        Set<String> missingDevices = new HashSet<>(neededDevices);
        missingDevices.removeAll(devices);
        if (!missingDevices.isEmpty()) {
            throw new HypervisorException(this + " lacks the devices " + missingDevices);
        }
    }

    /** The versioned name behind a machine type. */
    String versionedMachine(String machine) throws HypervisorException {
        String versioned = machines.get(machine);
        if (versioned == null) {
            throw new HypervisorException(this + " has no machine type " + machine);
        }
        return versioned;
    }

    @Override
    public String toString() {
        return "QEMU " + version + " (" + binary + ")";
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new HashSet<>();
        list.forEach(item -> names.add(item.path("name").asText()));
        return names;
    }

    private static HypervisorException notQemu(Path binary, String answer, Exception cause) {
        String shown = answer.length() > 300 ? answer.substring(0, 300) + " …" : answer;
        return new HypervisorException(
                binary + " does not answer like a QEMU system emulator: " + shown.strip(), cause);
    }

    private static String run(List<String> command, String input) throws HypervisorException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new HypervisorException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        }
        try {
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    return "(" + e.getMessage() + ")";
                }
            });
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.debug("{} does not listen: {}", command.get(0), e.getMessage()); // its output says why
            }
            return output.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new HypervisorException(command.get(0) + " has not answered within " + SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new HypervisorException("cannot ask " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("interrupted while asking " + command.get(0), e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Looks a binary up as a shell would. */
    static Path locate(String binary) throws HypervisorException {
        if (binary.contains("/")) {
            Path path = Path.of(binary);
            if (Files.isExecutable(path) && Files.isRegularFile(path)) {
                return path.toAbsolutePath();
            }
        } else {
            for (String directory :
                    System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
                Path path = Path.of(directory, binary);
                if (Files.isExecutable(path) && Files.isRegularFile(path)) {
                    return path;
                }
            }
        }
        throw new HypervisorException("there is no QEMU at '" + binary
                + "' (host setting qemuBinary); install it (Debian: package qemu-system-x86)");
    }
}
