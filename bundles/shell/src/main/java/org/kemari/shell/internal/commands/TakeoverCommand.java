package org.kemari.shell.internal.commands;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Takes a domain over. */
@Service
@Command(
        scope = "kemari",
        name = "takeover",
        description = "Takes over a domain that this host is the standby of, whether or not its primary is there.",
        detailedDescription =
                """
For emergencies: a primary that runs is ended by it, and what it has
not released yet is lost to it, as with any takeover; nothing
acknowledged is. To move a domain, use kemari:switchover on its
primary. While the old primary is being fenced, this command says that
you have made sure of its end yourself.

Asks before it does anything. Where nobody can be asked (ssh host
command, scripts) the option --yes is needed.

Examples:
  kemari:takeover web
  kemari:takeover --yes web
""")
public final class TakeoverCommand extends DomainAction {
    @Option(name = "-y", aliases = "--yes", description = "Do not ask")
    boolean yes;

    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        Confirmation.require(session, yes, "Take over " + domain + ", whatever its primary does?");
        protection.takeover(domain);
        return domain + " is being taken over";
    }
}
