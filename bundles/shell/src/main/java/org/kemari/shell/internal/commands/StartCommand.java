package org.kemari.shell.internal.commands;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Starts a domain. */
@Service
@Command(
        scope = "kemari",
        name = "start",
        description = "Starts a domain here that is stopped everywhere.",
        detailedDescription = """
Refused if the arbiter's record names another owner.

Example:
  kemari:start web
""")
public final class StartCommand extends DomainAction {
    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        protection.start(domain);
        return domain + " is being started";
    }
}
