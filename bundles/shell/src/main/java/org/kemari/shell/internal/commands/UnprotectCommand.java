package org.kemari.shell.internal.commands;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** Ends a protection. */
@Service
@Command(
        scope = "kemari",
        name = "unprotect",
        description = "Ends the protection of a domain that runs here; the guest goes on.",
        detailedDescription = """
It stays unprotected until kemari:protect.

Example:
  kemari:unprotect web
""")
public final class UnprotectCommand extends DomainAction {
    @Override
    String ask(ProtectionService protection) throws OperationRefusedException {
        protection.unprotect(domain);
        return domain + " is no longer going to be protected";
    }
}
