package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;

/** Moves all domains away. */
@Service
@Command(
        scope = "kemari",
        name = "evacuate",
        description = "Moves all domains that run here to other hosts, with nothing lost.",
        detailedDescription =
                """
Those that are protected are moved at once, the others as soon as they
are. Meanwhile none is started here.

Examples:
  kemari:evacuate
  kemari:evacuate --end         domains that still run here stay, and others may be started again
""")
public final class EvacuateCommand extends KemariAction {
    @Option(name = "-e", aliases = "--end", description = "End it")
    boolean end;

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        if (end) {
            kemari.protection().endEvacuation();
            out.println("this host may run domains again");
        } else {
            kemari.protection().evacuate();
            out.println("this host is being evacuated; watch kemari:domains");
        }
    }
}
