package org.kemari.config.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command as one writes it in a line: words separated by blanks, double quotes keep blanks in a word. */
final class FenceCommand {
    /** What stands for something else. */
    static final Set<String> PLACEHOLDERS = Set.of("{host}", "{domain}");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[A-Za-z]*}");
    private static final int MOST_WORDS = 256;

    private FenceCommand() {}

    /** @throws IllegalArgumentException with what is wrong and what is expected, for people */
    static List<String> parse(String line) {
        return checked(split(line));
    }

    /** @throws IllegalArgumentException with what is wrong and what is expected, for people */
    static List<String> checked(List<String> words) {
        if (words.isEmpty()) {
            return words;
        }
        if (words.size() > MOST_WORDS) {
            throw new IllegalArgumentException("has more than " + MOST_WORDS + " words");
        }
        if (words.get(0).isBlank()) {
            throw new IllegalArgumentException("begins with an empty word; expected a program");
        }
        for (String word : words) {
            Matcher m = PLACEHOLDER.matcher(word);
            while (m.find()) {
                if (!PLACEHOLDERS.contains(m.group())) {
                    throw new IllegalArgumentException(
                            "'" + m.group() + "' in '" + word + "' is not known; known are {host} and {domain}");
                }
            }
        }
        return List.copyOf(words);
    }

    private static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (Character.isISOControl(c) && c != '\t') {
                throw new IllegalArgumentException("contains a control character");
            }
            if (c == '"') {
                quoted = !quoted;
                inWord = true;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("'" + line + "' has a double quote that is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    /**
     * Looks for the program, now rather than when a host has to be fenced.
     *
     * @param searchPath directories separated by colons, as in the variable PATH
     * @return what is wrong with it, if anything
     */
    static Optional<String> problem(List<String> command, String searchPath) {
        if (command.isEmpty()) {
            return Optional.empty();
        }
        String program = command.get(0);
        if (PLACEHOLDERS.stream().anyMatch(program::contains)) {
            return Optional.empty();
        }
        boolean found = program.contains("/")
                ? isProgram(Path.of(program))
                : Arrays.stream(searchPath.split(":"))
                        .anyMatch(directory -> !directory.isEmpty()
                                && isProgram(Path.of(directory).resolve(program)));
        return found
                ? Optional.empty()
                : Optional.of("'" + program + "' is not a program that this user can run; as long as it is not, no host"
                        + " can be fenced and takeovers that need it wait for an operator");
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
