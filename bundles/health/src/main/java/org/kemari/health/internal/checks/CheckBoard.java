package org.kemari.health.internal.checks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been found last, and since when. Written by one thread, read by anybody. */
final class CheckBoard {
    private static final Logger LOG = LoggerFactory.getLogger(CheckBoard.class);
    private static final Comparator<Check> WORST_FIRST =
            Comparator.comparing(Check::level).reversed().thenComparing(Check::subject);

    private volatile List<Check> checks = List.of();

    /** All that there is: what is not found any more is forgotten. A change of level is logged, once. */
    void update(List<Finding> findings, long epochMillis) {
        Map<String, Check> before = new HashMap<>();
        checks.forEach(check -> before.put(check.subject(), check));
        List<Check> next = new ArrayList<>();
        for (Finding finding : findings) {
            Check old = before.get(finding.subject());
            boolean isSame = old != null && old.level() == finding.level();
            next.add(new Check(
                    finding.subject(),
                    finding.level(),
                    finding.reason(),
                    isSame ? old.sinceEpochMillis() : epochMillis));
            if (!isSame) {
                log(finding, old != null);
            }
        }
        next.sort(WORST_FIRST);
        checks = List.copyOf(next);
    }

    private static void log(Finding finding, boolean isChange) {
        if (finding.level() != Level.OK) {
            LOG.warn("Check of {}: {}: {}", finding.subject(), finding.level(), finding.reason());
        } else if (isChange) {
            LOG.info("Check of {}: OK again: {}", finding.subject(), finding.reason());
        }
    }

    /** The worst first. */
    List<Check> checks() {
        return checks;
    }
}
