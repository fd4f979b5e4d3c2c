package org.kemari.shell.internal.commands;

import java.time.Duration;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Ends a domain. */
@Service
@Command(
        scope = "kemari",
        name = "stop",
        description = "Ends a domain that runs here, on its standby too.",
        detailedDescription =
                """
The guest is asked to power itself off, and ended if it has not done
so in time.

Asks before it does anything. Where nobody can be asked (ssh host
command, scripts) the option --yes is needed.

Examples:
  kemari:stop web
  kemari:stop --yes --grace 120 web     it gets two minutes
  kemari:stop --yes --grace 0 web       at once, as by a power failure
""")
public final class StopCommand extends DomainAction {
    @Option(name = "-y", aliases = "--yes", description = "Do not ask")
    boolean yes;

    @Option(
            name = "-g",
            aliases = "--grace",
            description = "How many seconds the guest may take to power itself off; 0: it is ended at once")
    int graceSeconds = 60;

    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        if (graceSeconds < 0) {
            throw new OperationRefusedException("--grace is " + graceSeconds + "; expected 0 seconds or more");
        }
        Confirmation.require(session, yes, "Stop " + domain + "?");
        protection.stop(domain, Duration.ofSeconds(graceSeconds));
        return domain + " is being stopped";
    }
}
