package org.kemari.itests.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a verifier made by Spin has printed. */
final class Search {
    private static final Pattern ERRORS = Pattern.compile("State-vector \\d+ byte, depth reached \\d+, errors: (\\d+)");
    private static final Pattern STATES = Pattern.compile("(\\S+) states, stored");
    private static final Pattern UNREACHED = Pattern.compile("^\\s+\\S+\\.pml:\\d+, state \\d+, \"(.*)\"$");
    private static final List<String> NOT_EXHAUSTIVE = List.of(
            "Search not completed",
            "max search depth too small",
            "Bit statespace search",
            "Hash-Compact",
            "hash-compact",
            "out of memory",
            "MEMLIM",
            "aborting");

    private final String output;

    Search(String output) {
        this.output = output;
    }

    int errors() {
        return Integer.parseInt(find(ERRORS));
    }

    long states() {
        return (long) Double.parseDouble(find(STATES));
    }

    /** What keeps this from having been a search of all states, every one of them kept in full; empty: nothing. */
    Optional<String> notExhaustive() {
        if (!output.contains("Full statespace search for:")) {
            return Optional.of("not a full search");
        }
        return NOT_EXHAUSTIVE.stream().filter(output::contains).findFirst();
    }

    /** Statements of the model that no state leads to. */
    List<String> unreached() {
        return output.lines()
                .map(UNREACHED::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .toList();
    }

    private String find(Pattern pattern) {
        Matcher m = pattern.matcher(output);
        if (!m.find()) {
            throw new IllegalStateException("the verifier's output has no \"" + pattern + "\":\n" + output);
        }
        return m.group(1);
    }

    @Override
    public String toString() {
        return output;
    }
}
