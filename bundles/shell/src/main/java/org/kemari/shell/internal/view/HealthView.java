package org.kemari.shell.internal.view;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;

/** What a host has found when it looked at itself, and what waits for somebody. */
public final class HealthView {
    private HealthView() {}

    /**
     * One finding a row, the worst first: checks, what is wrong with the definitions, what an operator has to decide.
     *
     * @param all whether to list also what is well
     */
    public static Grid grid(
            Collection<Check> checks,
            Collection<ConfigurationProblem> problems,
            Collection<PendingDecision> decisions,
            boolean all,
            long nowMillis) {
        List<Check> findings = new ArrayList<>(checks);
        problems.forEach(p -> findings.add(new Check("configuration", Level.WARNING, p.toString(), 0)));
        decisions.forEach(
                d -> findings.add(new Check("arbiter", Level.WARNING, "waits for a decision: " + d.question(), 0)));
        findings.removeIf(c -> !all && c.level() == Level.OK);
        findings.sort(Comparator.comparing(Check::level).reversed());
        Grid grid = new Grid("All is well").left("Level", "Subject", "Since", "Reason");
        for (Check c : findings) {
            String since = DomainView.ago(c.sinceEpochMillis(), nowMillis);
            grid.row(c.level().name(), c.subject(), since, c.reason());
        }
        return grid;
    }
}
