package org.kemari.itests.bench.compare;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the two QEMUs of a COLO pair tell when they trace: lines that begin with the time.
 *
 * <p>The primary sends its request, gets {@code checkpoint-reply}, stops the guest, sends what is dirty and the device state,
 * waits until the secondary has loaded both, and lets the guest run again. The secondary tells how many pages it has got
 * when it begins to put them into its memory, which is within the primary's pause.
 */
final class ColoTrace {
    /** Events to trace. */
    static final List<String> PRIMARY = List.of("colo_receive_message", "colo_vm_state_change");

    static final List<String> SECONDARY = List.of("colo_flush_ram_cache_begin");

    private static final Pattern LINE = Pattern.compile("(\\S+Z) (colo_\\w+) (.*)");
    private static final Pattern PAGES = Pattern.compile("dirty_pages (\\d+)");

    private ColoTrace() {}

    private record Event(double at, String name, String words) {
        static Optional<Event> parse(String line) {
            Matcher matcher = LINE.matcher(line);
            return matcher.matches()
                    ? Optional.of(
                            new Event(millis(Instant.parse(matcher.group(1))), matcher.group(2), matcher.group(3)))
                    : Optional.empty();
        }
    }

    static double millis(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant) / 1000.0;
    }

    private static List<Event> events(List<String> lines) {
        return lines.stream().map(Event::parse).flatMap(Optional::stream).toList();
    }

    /**
     * The checkpoints that began within a time, and ended.
     *
     * @param fromMillis begin of the time, since 1970
     * @param toMillis end of it
     */
    static List<Checkpoint> parse(List<String> primary, List<String> secondary, double fromMillis, double toMillis) {
        NavigableMap<Double, Long> pages = new TreeMap<>();
        for (Event event : events(secondary)) {
            Matcher matcher = PAGES.matcher(event.words());
            if (matcher.find()) {
                pages.put(event.at(), Long.valueOf(matcher.group(1)));
            }
        }
        List<Checkpoint> all = new ArrayList<>();
        double ordered = Double.NaN;
        double stopped = Double.NaN;
        for (Event event : events(primary)) {
            if (event.words().contains("'checkpoint-reply'")) {
                ordered = event.at();
                stopped = Double.NaN;
            } else if (event.words().endsWith("=> 'stop'")) {
                stopped = event.at();
            } else if (event.words().endsWith("=> 'run'")) {
                // comparing with what is not a number is false
                if (ordered >= fromMillis && ordered <= toMillis && stopped >= ordered) {
                    long dirty = pages.subMap(stopped, true, event.at(), true).values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                    all.add(new Checkpoint(event.at() - ordered, stopped - ordered, dirty));
                }
                ordered = Double.NaN;
            }
        }
        return all;
    }
}
