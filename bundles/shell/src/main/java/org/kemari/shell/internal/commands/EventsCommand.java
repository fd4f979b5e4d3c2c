package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.EventView;

/** Shows what has happened. */
@Service
@Command(
        scope = "kemari",
        name = "events",
        description = "Shows the latest changes of domains and peers, with their reasons.",
        detailedDescription =
                """
The last 1000 changes are kept, in memory: what happened before this
host's Kemari was started is in the log.

Examples:
  kemari:events
  kemari:events -n 100 web      of one domain, or of one peer
  watch kemari:events
""")
public final class EventsCommand extends TableAction {
    @Option(name = "-n", aliases = "--number", description = "How many at most")
    int number = 25;

    @Argument(index = 0, name = "name", description = "Only those of this domain, or of this peer")
    @Completion(DomainCompleter.class)
    String name = "";

    @Override
    void run(PrintStream out) throws OperationRefusedException {
        if (number < 1) {
            throw new OperationRefusedException("-n is " + number + "; expected 1 or more");
        }
        print(
                EventView.grid(
                        kemari.history().latest(number, name), kemari.clock().getZone()),
                out);
    }
}
