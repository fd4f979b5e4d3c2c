package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;

/** A command that asks for something to be done with one domain. */
abstract class DomainAction extends KemariAction {
    @Argument(index = 0, name = "domain", description = "Name of the domain", required = true)
    @Completion(DomainCompleter.class)
    String domain;

    @Override
    final void run(PrintStream out) throws OperationRefusedException {
        // a name that is wrong is not worth a question
        kemari.status(domain);
        String accepted = ask(kemari.protection());
        out.println(accepted + "; watch kemari:events, or kemari:show " + domain);
    }

    /** @return what has been accepted */
    abstract String ask(ProtectionService protection) throws OperationRefusedException;
}
