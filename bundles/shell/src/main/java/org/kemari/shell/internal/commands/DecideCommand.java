package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.protection.OperationRefusedException;

/** Decides in the place of an arbiter. */
@Service
@Command(
        scope = "kemari",
        name = "decide",
        description = "Decides about a change of ownership that waits for an operator (arbiter engine manual).",
        detailedDescription =
                """
kemari:health lists what waits. Allow it only if you are sure that no
other host runs the domain: two owners destroy its disks.

Asks before it allows. Where nobody can be asked (ssh host command,
scripts) the option --yes is needed.

Examples:
  kemari:decide web allow
  kemari:decide web refuse
""")
public final class DecideCommand extends KemariAction {
    @Option(name = "-y", aliases = "--yes", description = "Do not ask")
    boolean yes;

    @Argument(index = 0, name = "domain", description = "Name of the domain", required = true)
    @Completion(DomainCompleter.class)
    String domain;

    @Argument(index = 1, name = "decision", description = "allow or refuse", required = true)
    @Completion(
            value = StringsCompleter.class,
            values = {"allow", "refuse"})
    String decision;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        boolean allow = decision.equals("allow");
        if (!allow && !decision.equals("refuse")) {
            throw new OperationRefusedException("expected allow or refuse, not " + decision);
        }
        Arbiter arbiter = arbiter();
        PendingDecision pending = arbiter.pending().stream()
                .filter(p -> p.domain().equals(domain))
                .findFirst()
                .orElseThrow(() -> new OperationRefusedException(
                        "nothing waits for a decision on domain " + domain + "; kemari:health lists what does"));
        if (allow) {
            Confirmation.require(session, yes, pending.question() + " Allow it?");
        }
        try {
            arbiter.decide(domain, allow);
        } catch (IllegalArgumentException e) {
            // it has been withdrawn meanwhile
            throw new OperationRefusedException(e.getMessage(), e);
        }
        out.println((allow ? "allowed: " : "refused: ") + pending.question());
    }

    private Arbiter arbiter() throws OperationRefusedException {
        String engine = kemari.configuration().host().arbiterEngine();
        return kemari.findArbiter(engine)
                .orElseThrow(() -> new OperationRefusedException("there is no arbiter engine '" + engine
                        + "'; install its bundle, or name another one in etc/org.kemari.host.cfg"));
    }
}
