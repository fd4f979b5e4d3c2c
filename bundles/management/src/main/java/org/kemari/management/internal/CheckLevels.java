package org.kemari.management.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;

/** Which checks were how bad at the last look. Used by one thread. */
final class CheckLevels {
    private Map<String, Check> last = Map.of();

    /**
     * What an operator has to hear: checks whose level is another one than at the last look. One that is new and well is
     * no news; one that was not well and is no longer made counts as well again.
     *
     * @param checks what is found now
     * @param nowEpochMillis wall-clock time
     */
    List<Check> changed(List<Check> checks, long nowEpochMillis) {
        Map<String, Check> now = new LinkedHashMap<>();
        // If a subject has several entries, the first, which is the worst, counts.
        checks.forEach(check -> now.putIfAbsent(check.subject(), check));
        List<Check> changed = new ArrayList<>();
        last.forEach((subject, before) -> {
            if (before.level() != Level.OK && !now.containsKey(subject)) {
                changed.add(
                        new Check(subject, Level.OK, "no longer looked at; it was " + before.level(), nowEpochMillis));
            }
        });
        now.forEach((subject, check) -> {
            Level before = last.containsKey(subject) ? last.get(subject).level() : Level.OK;
            if (check.level() != before) {
                changed.add(check);
            }
        });
        last = now;
        return changed;
    }
}
