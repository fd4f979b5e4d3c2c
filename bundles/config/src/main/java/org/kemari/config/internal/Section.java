package org.kemari.config.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.commons.configuration2.tree.ImmutableNode;

/**
 * A part of a definition file, read key by key. Whatever is wrong becomes a problem, and the caller gets a value to go
 * on with, so that all problems of a file come out at once. Keys that nobody asked for are problems too.
 */
final class Section {
    private final ImmutableNode node;
    private final String prefix;
    private final UnaryOperator<Object> interpolate;
    private final Problems problems;
    private final Set<String> asked = new LinkedHashSet<>();

    Section(ImmutableNode node, String prefix, UnaryOperator<Object> interpolate, Problems problems) {
        this.node = node;
        this.prefix = prefix;
        this.interpolate = interpolate;
        this.problems = problems;
    }

    void problem(String key, String reason) {
        problems.add(prefix + key, reason);
    }

    void advise(String key, String reason) {
        problems.advise(prefix + key, reason);
    }

    boolean has(String key) {
        return node.getChildren().stream().anyMatch(c -> key.equals(c.getNodeName()));
    }

    /** To be called when everything has been read. */
    void refuseUnknownKeys() {
        node.getChildren().stream()
                .map(c -> String.valueOf(c.getNodeName()))
                .filter(key -> !asked.contains(key))
                .distinct()
                .forEach(key -> problem(key, "is not known here; known are " + String.join(", ", asked)));
    }

    List<Section> list(String key) {
        asked.add(key);
        List<Section> sections = new ArrayList<>();
        List<ImmutableNode> children = node.getChildren(key);
        for (int i = 0; i < children.size(); i++) {
            ImmutableNode child = children.get(i);
            if (child.getValue() != null) {
                problem(key, "is a list of sections, not '" + child.getValue() + "'");
            } else if (!child.getChildren().isEmpty()) {
                sections.add(new Section(child, prefix + key + "(" + i + ").", interpolate, problems));
            }
        }
        return sections;
    }

    Optional<Section> section(String key) {
        asked.add(key);
        List<ImmutableNode> children = node.getChildren(key);
        if (children.size() > 1) {
            problem(key, "is given " + children.size() + " times");
        }
        if (children.isEmpty()) {
            return Optional.empty();
        }
        if (children.get(0).getValue() != null) {
            problem(key, "has keys of its own, it is not '" + children.get(0).getValue() + "'");
            return Optional.empty();
        }
        return Optional.of(new Section(children.get(0), prefix + key + ".", interpolate, problems));
    }

    /** The values of a key as they are written, for messages. */
    String shown(String key) {
        asked.add(key);
        return String.join(
                ", ",
                node.getChildren(key).stream()
                        .map(child ->
                                child.getValue() == null ? "" : child.getValue().toString())
                        .toList());
    }

    /** A list of texts, or a single one. */
    List<String> texts(String key, Pattern allowed, String expected) {
        asked.add(key);
        List<String> texts = new ArrayList<>();
        List<ImmutableNode> children = node.getChildren(key);
        for (int i = 0; i < children.size(); i++) {
            String at = key + "(" + i + ")";
            ImmutableNode child = children.get(i);
            boolean emptyList = children.size() == 1 && child.getValue() == null;
            if (!emptyList || !child.getChildren().isEmpty()) {
                value(at, child)
                        .flatMap(value -> parsed(at, value, v -> matching(asText(v), allowed, expected)))
                        .ifPresent(texts::add);
            }
        }
        return texts;
    }

    /** The one value of a key, variables replaced; empty if there is none, or a problem with it. */
    private Optional<Object> value(String key) {
        asked.add(key);
        List<ImmutableNode> children = node.getChildren(key);
        if (children.isEmpty()) {
            return Optional.empty();
        }
        if (children.size() > 1) {
            problem(key, "is given " + children.size() + " times; expected one value");
            return Optional.empty();
        }
        return value(key, children.get(0));
    }

    private Optional<Object> value(String key, ImmutableNode child) {
        if (!child.getChildren().isEmpty()) {
            problem(key, "has keys of its own; expected one value");
            return Optional.empty();
        }
        if (child.getValue() == null) {
            problem(key, "has no value");
            return Optional.empty();
        }
        Object value;
        try {
            value = interpolate.apply(child.getValue());
        } catch (IllegalStateException e) {
            problem(key, "refers to itself: " + child.getValue());
            return Optional.empty();
        }
        if (value instanceof String text && text.contains("${")) {
            problem(key, "refers to something that is not defined: " + text);
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private <T> Optional<T> parsed(String key, Function<Object, T> parser) {
        return value(key).flatMap(value -> parsed(key, value, parser));
    }

    private <T> Optional<T> parsed(String key, Object value, Function<Object, T> parser) {
        try {
            return Optional.of(parser.apply(value));
        } catch (IllegalArgumentException e) {
            problem(key, e.getMessage());
            return Optional.empty();
        }
    }

    /** Reports a missing key; one with a problem has been reported already. */
    void require(String key, String expected) {
        if (!has(key)) {
            problem(key, "is missing; expected " + expected);
        }
    }

    Optional<String> text(String key, Pattern allowed, String expected) {
        return parsed(key, value -> matching(asText(value), allowed, expected));
    }

    private static String matching(String text, Pattern allowed, String expected) {
        if (!allowed.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not " + expected);
        }
        return text;
    }

    private static String asText(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                "'" + value + "' is read as a " + kind(value) + "; put it in quotes if it is meant as text");
    }

    private static String kind(Object value) {
        return value instanceof Number ? "number" : value instanceof Boolean ? "yes or no" : "date";
    }

    /** Six pairs of hexadecimal digits. */
    Optional<String> mac(String key) {
        return parsed(
                key,
                value -> matching(
                        asText(value).toLowerCase(Locale.ROOT), Names.MAC, "a MAC address such as 52:54:00:12:34:56"));
    }

    Optional<Path> path(String key) {
        return parsed(key, value -> Names.absolutePath(asText(value)));
    }

    boolean flag(String key, boolean otherwise) {
        return parsed(key, value -> {
                    if (value instanceof Boolean flag) {
                        return flag;
                    }
                    if (value instanceof String s && (s.equals("true") || s.equals("false"))) {
                        return Boolean.valueOf(s);
                    }
                    throw new IllegalArgumentException("'" + value + "' is neither true nor false");
                })
                .orElse(otherwise);
    }

    int integer(String key, int otherwise, int min, int max) {
        return parsed(key, value -> {
                    String text = value.toString();
                    if (!(value instanceof Number || value instanceof String)
                            || !text.matches("-?[0-9]{1,9}")
                            || Integer.parseInt(text) < min
                            || Integer.parseInt(text) > max) {
                        throw new IllegalArgumentException(
                                "'" + value + "' is not a whole number from " + min + " to " + max);
                    }
                    return Integer.parseInt(text);
                })
                .orElse(otherwise);
    }

    Optional<Long> bytes(String key, long min, long max, long step) {
        return parsed(key, value -> {
            long bytes = Units.bytes(value.toString());
            if (bytes < min || bytes > max || bytes % step != 0) {
                throw new IllegalArgumentException("'" + value + "' is not between " + Units.bytes(min) + " and "
                        + Units.bytes(max) + ", in steps of " + Units.bytes(step));
            }
            return bytes;
        });
    }

    Duration duration(String key, Duration otherwise, Duration min, Duration max) {
        return parsed(key, value -> Names.within(Units.duration(value.toString()), min, max))
                .orElse(otherwise);
    }

    /** A constant by its name in lower case. */
    <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        return parsed(key, value -> Arrays.stream(type.getEnumConstants())
                .filter(c -> name(c).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + value + "' is not one of " + names(type))));
    }

    static <E extends Enum<E>> String names(Class<E> type) {
        return String.join(
                ", ", Arrays.stream(type.getEnumConstants()).map(Section::name).toList());
    }

    /** How a choice is written in files. */
    static String name(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
