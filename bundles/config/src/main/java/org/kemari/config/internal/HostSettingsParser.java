package org.kemari.config.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;

/** Makes host settings of configuration properties, or says all that is wrong with them. */
final class HostSettingsParser {
    /** Under this name problems with the settings are reported. */
    static final String PID = "org.kemari.host";

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:\\[\\]]+)):([0-9]{1,5})");
    private static final Pattern PEER = Pattern.compile("([^=]*)=(.*)");
    private static final Pattern ENGINE = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern BINARY = Pattern.compile("[^\\s\\p{Cntrl}]{1,4096}");

    private final Map<String, ?> properties;
    private final Problems problems;
    private final Set<String> asked = new LinkedHashSet<>();

    private HostSettingsParser(Map<String, ?> properties, Problems problems) {
        this.properties = properties;
        this.problems = problems;
    }

    /**
     * @param properties values may be texts, numbers, flags or arrays of texts; names with a dot are not ours
     * @param machineName name of the machine, for hosts that are given none
     * @param etc where configuration files are
     * @return the settings, exactly if no problem was added
     */
    static Optional<HostSettings> parse(Map<String, ?> properties, String machineName, Path etc, Problems problems) {
        HostSettings settings = new HostSettingsParser(properties, problems).settings(machineName, etc);
        return problems.none() ? Optional.of(settings) : Optional.empty();
    }

    private HostSettings settings(String machineName, Path etc) {
        String name = get("name", machineName, text -> match(text, Names.NAME, Names.NAME_EXPECTED));
        HostAddress listen = get("listen", "0.0.0.0:7171", HostSettingsParser::address);
        Map<String, HostAddress> peers = new LinkedHashMap<>(get("peers", "", HostSettingsParser::peers));
        peers.remove(name);
        Path runRoot = path("runRoot", Path.of("/run/kemari"));
        Path stateRoot = path("stateRoot", Path.of("/var/lib/kemari"));
        Path ramRoot = path("ramRoot", Path.of("/dev/shm/kemari"));
        Path domains =
                path("domainDirectory", etc.toAbsolutePath().resolve("kemari").resolve("domains"));
        String qemu = get("qemuBinary", "qemu-system-x86_64", text -> match(text, BINARY, "a path or a command"));
        String engine = get("arbiterEngine", "file", text -> match(text, ENGINE, "the name of an arbiter engine"));
        Path arbiter = path("arbiterDirectory", stateRoot.resolve("arbiter"));
        Duration period = get(
                "heartbeatPeriod",
                "50 ms",
                text -> Names.within(Units.duration(text), Duration.ofMillis(5), Duration.ofSeconds(10)));
        Duration timeout = get(
                "silenceTimeout",
                "500 ms",
                text -> Names.within(Units.duration(text), Duration.ofMillis(50), Duration.ofMinutes(5)));
        if (timeout.compareTo(period.multipliedBy(3)) < 0) {
            problems.add(
                    "silenceTimeout",
                    Units.duration(timeout) + " is less than three heartbeat periods of " + Units.duration(period));
        }
        boolean preload = get("preloadLibrary", "true", HostSettingsParser::flag);
        refuseUnknownNames();
        return new HostSettings(
                name, listen, peers, runRoot, stateRoot, ramRoot, domains, qemu, engine, arbiter, period, timeout,
                preload);
    }

    private void refuseUnknownNames() {
        properties.keySet().stream()
                .filter(key -> !key.contains(".") && !asked.contains(key))
                .sorted()
                .forEach(key -> problems.add(key, "is not known; known are " + String.join(", ", asked)));
    }

    private Path path(String key, Path otherwise) {
        return get(key, otherwise.toString(), Names::absolutePath);
    }

    /** The parsed value; with a problem, the parsed default. */
    private <T> T get(String key, String otherwise, Function<String, T> parser) {
        asked.add(key);
        String text = text(properties.get(key));
        if (!text.isEmpty()) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                problems.add(key, e.getMessage());
            }
        }
        return parser.apply(otherwise);
    }

    private static String text(Object value) {
        if (value instanceof Object[] array) {
            return String.join(",", Arrays.stream(array).map(String::valueOf).toList());
        }
        return value == null ? "" : value.toString().strip();
    }

    private static String match(String text, Pattern pattern, String expected) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not " + expected);
        }
        return text;
    }

    private static boolean flag(String text) {
        return Boolean.parseBoolean(match(text, Pattern.compile("true|false"), "true or false"));
    }

    private static HostAddress address(String text) {
        Matcher m = ADDRESS.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address and a port such as 10.0.0.1:7171 or [fd00::1]:7171");
        }
        return new HostAddress(m.group(1) != null ? m.group(1) : m.group(2), Integer.parseInt(m.group(3)));
    }

    private static Map<String, HostAddress> peers(String text) {
        Map<String, HostAddress> peers = new LinkedHashMap<>();
        for (String entry : List.of(text.split("[,\\s]+"))) {
            if (entry.isEmpty()) {
                continue;
            }
            Matcher m = PEER.matcher(entry);
            if (!m.matches()) {
                throw new IllegalArgumentException("'" + entry + "' is not name=address:port");
            }
            String name = match(m.group(1), Names.NAME, Names.NAME_EXPECTED);
            if (peers.put(name, address(m.group(2))) != null) {
                throw new IllegalArgumentException("peer '" + name + "' is given twice");
            }
        }
        return peers;
    }
}
