package org.kemari.itests.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol holds, and each thing in it is needed. */
class ProtocolModelTest {
    private static final Path MODEL = Path.of(System.getProperty("kemari.model"));
    private static final Path WORK = Path.of(System.getProperty("kemari.model.work"));
    private static final Path RESULTS = Path.of(System.getProperty("kemari.model.results"));
    private static final Map<String, String> LINES = new ConcurrentSkipListMap<>();

    /** The protocol as it is. Three searches, since one with all the bounds together takes minutes. */
    enum Whole {
        SAFETY(new Bounds(3, 2, 2, 2), List.of()),
        CHAIN(new Bounds(2, 3, 1, 2), List.of()),
        CALM(new Bounds(1, 2, 2, 2), List.of("-DCALM"));

        private final Bounds bounds;
        private final List<String> flags;

        Whole(Bounds bounds, List<String> flags) {
            this.bounds = bounds;
            this.flags = flags;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProtocolHolds(Whole whole) throws Exception {
        Spin spin = spin(whole.name(), whole.bounds, whole.flags);
        long began = System.nanoTime();
        Search search = spin.exhaustively();
        if (search.errors() > 0) {
            throw new AssertionError("violated: " + spin.violated().orElse("?") + "\n" + spin.trail());
        }
        assertThat(search.notExhaustive()).as(search.toString()).isEmpty();
        assertThat(search.unreached())
                .as(
                        "of a statement that no state leads to, the search says nothing; but a join defeats no late change, for it"
                                + " leaves the generation as it is, and processes never end")
                .allMatch(s -> s.startsWith("late[i].") || s.equals("-end-"));
        note("0 " + whole.ordinal(), whole.name(), whole.bounds, search, began, "holds");
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenProtocolIsCaught(Variant variant) throws Exception {
        Spin spin = spin(variant.name(), variant.bounds(), variant.flags());
        long began = System.nanoTime();
        Search search = spin.forViolation(variant.breadthFirst());
        assertThat(search.errors()).as(search.toString()).isEqualTo(1);
        String violated = spin.violated().orElseThrow();
        assertThat(variant.falls().isIn(violated)).as(violated).isTrue();
        note(
                "1 " + variant.ordinal(),
                variant.name(),
                variant.bounds(),
                search,
                began,
                "found: " + variant.falls().text());
    }

    private static Spin spin(String name, Bounds bounds, List<String> flags) throws IOException {
        List<String> definitions = new ArrayList<>(bounds.flags());
        definitions.addAll(flags);
        return new Spin(MODEL, WORK.resolve(name), definitions);
    }

    private static void note(String order, String name, Bounds b, Search search, long began, String verdict) {
        LINES.put(
                String.format(Locale.ROOT, "%4s", order),
                String.format(
                        Locale.ROOT,
                        "%-24s outputs %d, sessions %d, crashes %d, unknown %d: %,11d states, %5.1f s: %s",
                        name,
                        b.outputs(),
                        b.sessions(),
                        b.crashes(),
                        b.unknowns(),
                        search.states(),
                        (System.nanoTime() - began) / 1e9,
                        verdict));
    }

    @AfterAll
    static void report() throws IOException {
        Files.write(RESULTS, LINES.values());
    }
}
