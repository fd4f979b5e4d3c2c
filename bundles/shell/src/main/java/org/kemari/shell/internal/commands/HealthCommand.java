package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.HealthView;

/** Shows what is wrong. */
@Service
@Command(
        scope = "kemari",
        name = "health",
        description = "Shows what this host has found when it looked at itself, the worst first.",
        detailedDescription =
                """
Also listed are definitions that were refused, and changes of
ownership that wait for an operator.

Examples:
  kemari:health                     all checks
  kemari:health --problems          only what is not well
  watch kemari:health --problems
""")
public final class HealthCommand extends TableAction {
    @Option(name = "-p", aliases = "--problems", description = "Only what is not well")
    boolean problems;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        KemariConfiguration configuration = kemari.configuration();
        List<PendingDecision> decisions = kemari.findArbiter(
                        configuration.host().arbiterEngine())
                .map(Arbiter::pending)
                .orElse(List.of());
        print(
                HealthView.grid(kemari.health().checks(), configuration.problems(), decisions, !problems, nowMillis()),
                out);
    }
}
