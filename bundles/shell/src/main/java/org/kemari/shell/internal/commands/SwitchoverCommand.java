package org.kemari.shell.internal.commands;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Moves a domain. */
@Service
@Command(
        scope = "kemari",
        name = "switchover",
        description = "Moves a domain that is protected here to its standby, with nothing lost.",
        detailedDescription =
                """
This host becomes its standby. The guest does not notice more than a
pause.

Example:
  kemari:switchover web
""")
public final class SwitchoverCommand extends DomainAction {
    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        protection.switchover(domain);
        return domain + " is being moved to its standby";
    }
}
