package org.kemari.arbiterzookeeper.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of a configuration. What is wrong with one is told with its key. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|min)");

    private final Map<String, Object> properties;

    Values(Map<String, Object> properties) {
        this.properties = properties;
    }

    /** The text of a key; empty if it is left out or blank. */
    Optional<String> text(String key) {
        Object value = properties.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = value instanceof Object[] array
                ? String.join(",", List.of(array).stream().map(String::valueOf).toList())
                : value.toString();
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    /** The parts of a value that are separated by commas. */
    List<String> list(String key) {
        List<String> parts = new ArrayList<>();
        for (String part : text(key).orElse("").split(",")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return List.copyOf(parts);
    }

    boolean flag(String key, boolean otherwise) {
        return text(key)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw refusal(key, "'" + text + "' is neither true nor false");
                })
                .orElse(otherwise);
    }

    /** An absolute path. */
    Optional<Path> path(String key) {
        return text(key).map(text -> {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw refusal(key, "'" + text + "' is not an absolute path");
            }
            return path.normalize();
        });
    }

    Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        Duration value = text(key).map(text -> parse(key, text)).orElse(otherwise);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refusal(
                    key,
                    value.toMillis() + " ms is not between " + least.toMillis() + " ms and " + most.toMillis() + " ms");
        }
        return value;
    }

    private static Duration parse(String key, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw refusal(key, "'" + text + "' is not a number and ms, s or min");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    static IllegalArgumentException refusal(String key, String reason) {
        return new IllegalArgumentException(key + ": " + reason);
    }
}
