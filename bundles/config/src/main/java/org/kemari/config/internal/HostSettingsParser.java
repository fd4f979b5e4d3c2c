package org.kemari.config.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;

/** Makes host settings of configuration properties, or says all that is wrong with them. */
final class HostSettingsParser {
    /** Under this name problems with the settings are reported. */
    static final String PID = "org.kemari.host";

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:\\[\\]]+)):([0-9]{1,5})");
    private static final Pattern PEER = Pattern.compile("([^=]*)=(.*)");
    private static final Pattern LIST_SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern PATH_SEPARATOR = Pattern.compile("\\|");
    private static final int MOST_ADDRESSES = 16;
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
     * @return the settings, exactly if the problems leave them valid
     */
    static Optional<HostSettings> parse(Map<String, ?> properties, String machineName, Path etc, Problems problems) {
        HostSettings settings = new HostSettingsParser(properties, problems).settings(machineName, etc);
        return problems.valid() ? Optional.of(settings) : Optional.empty();
    }

    private HostSettings settings(String machineName, Path etc) {
        String name = get("name", machineName, text -> match(text, Names.NAME, Names.NAME_EXPECTED));
        List<HostAddress> listen =
                get("listen", "0.0.0.0:7171", text -> addresses(LIST_SEPARATOR.split(text), "is given twice"));
        Map<String, List<HostAddress>> peers = new LinkedHashMap<>(get("peers", "", HostSettingsParser::peers));
        peers.remove(name);
        Path runRoot = path("runRoot", Path.of("/run/kemari"));
        Path stateRoot = path("stateRoot", Path.of("/var/lib/kemari"));
        Path ramRoot = path("ramRoot", Path.of("/dev/shm/kemari"));
        Path domains =
                path("domainDirectory", etc.toAbsolutePath().resolve("kemari").resolve("domains"));
        String qemu = get("qemuBinary", "qemu-system-x86_64", text -> match(text, BINARY, "a path or a command"));
        String engine = get("arbiterEngine", "file", text -> match(text, ENGINE, "the name of an arbiter engine"));
        Path arbiter = path("arbiterDirectory", stateRoot.resolve("arbiter"));
        Duration period =
                get("heartbeatPeriod", "50 ms", text -> within(text, Duration.ofMillis(5), Duration.ofSeconds(10)));
        Duration timeout =
                get("silenceTimeout", "500 ms", text -> within(text, Duration.ofMillis(50), Duration.ofMinutes(5)));
        if (timeout.compareTo(period.multipliedBy(3)) < 0) {
            problems.add(
                    "silenceTimeout",
                    Units.duration(timeout) + " is less than three heartbeat periods of " + Units.duration(period));
        }
        boolean preload = get("preloadLibrary", "true", HostSettingsParser::flag);
        FenceSettings fence = new FenceSettings(
                fenceCommand(),
                get("fenceTimeout", "30 s", text -> within(text, Duration.ofSeconds(1), Duration.ofMinutes(10))),
                get("fenceRetryDelay", "2 s", text -> within(text, Duration.ofMillis(100), Duration.ofMinutes(10))));
        refuseUnknownNames();
        return new HostSettings(
                name, listen, peers, runRoot, stateRoot, ramRoot, domains, qemu, engine, arbiter, period, timeout,
                fence, preload);
    }

    private void refuseUnknownNames() {
        properties.keySet().stream()
                .filter(key -> !key.contains(".") && !asked.contains(key))
                .sorted()
                .forEach(key -> problems.add(key, "is not known; known are " + String.join(", ", asked)));
    }

    /** A line of words; or an array of them, which only some formats of configuration files can have. */
    private List<String> fenceCommand() {
        if (properties.get("fenceCommand") instanceof Object[] words) {
            asked.add("fenceCommand");
            try {
                return FenceCommand.checked(
                        Arrays.stream(words).map(String::valueOf).toList());
            } catch (IllegalArgumentException e) {
                problems.add("fenceCommand", e.getMessage());
                return List.of();
            }
        }
        return get("fenceCommand", "", FenceCommand::parse);
    }

    private static Duration within(String text, Duration min, Duration max) {
        return Names.within(Units.duration(text), min, max);
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

    /** Different ones, in the order given. */
    private static List<HostAddress> addresses(String[] texts, String twice) {
        Set<HostAddress> addresses = new LinkedHashSet<>();
        for (String text : texts) {
            HostAddress address = address(text);
            if (!addresses.add(address)) {
                throw new IllegalArgumentException("'" + address + "' " + twice);
            }
        }
        if (addresses.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException(
                    "has " + addresses.size() + " addresses; at most " + MOST_ADDRESSES + " are of use");
        }
        return List.copyOf(addresses);
    }

    private static Map<String, List<HostAddress>> peers(String text) {
        Map<String, List<HostAddress>> peers = new LinkedHashMap<>();
        Map<HostAddress, String> owners = new HashMap<>();
        for (String entry : LIST_SEPARATOR.split(text)) {
            if (entry.isEmpty()) {
                continue;
            }
            Matcher m = PEER.matcher(entry);
            if (!m.matches()) {
                throw new IllegalArgumentException("'" + entry + "' is not name=address:port|address:port…");
            }
            String name = match(m.group(1), Names.NAME, Names.NAME_EXPECTED);
            List<HostAddress> addresses =
                    addresses(PATH_SEPARATOR.split(m.group(2), -1), "is given twice for peer '" + name + "'");
            if (peers.put(name, addresses) != null) {
                throw new IllegalArgumentException(
                        "peer '" + name + "' is given twice; several addresses of one peer are separated by |");
            }
            for (HostAddress address : addresses) {
                String other = owners.put(address, name);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "'" + address + "' is given for both '" + other + "' and '" + name + "'");
                }
            }
        }
        return peers;
    }
}
