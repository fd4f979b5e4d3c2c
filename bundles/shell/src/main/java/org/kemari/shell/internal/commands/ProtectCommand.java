package org.kemari.shell.internal.commands;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Begins a protection. */
@Service
@Command(
        scope = "kemari",
        name = "protect",
        description = "Begins to protect a domain that runs here.",
        detailedDescription =
                """
The guest runs on while its memory and disks are copied; kemari:top
shows how far that is.

Examples:
  kemari:protect web            on the first of its standbys that is there
  kemari:protect web west       on this host
""")
public final class ProtectCommand extends DomainAction {
    @Argument(index = 1, name = "standby", description = "Host to protect it on")
    @Completion(PeerCompleter.class)
    String standby;

    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        protection.protect(domain, Optional.ofNullable(standby));
        return domain + " is going to be protected" + (standby == null ? "" : " on " + standby);
    }
}
