package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.Kemari;

/** What all commands share: a refusal is shown as one line, and a script sees that the command has failed. */
abstract class KemariAction implements Action {
    @Reference
    Kemari kemari;

    @Reference
    Session session;

    @Override
    public final Object execute() throws Exception {
        try {
            run(System.out);
            return null;
        } catch (OperationRefusedException e) {
            // exactly this class: the shell knows it by its name, and neither logs it nor shows its stack
            throw new CommandException(e.getMessage());
        }
    }

    /**
     * @param out where the answer goes
     * @throws OperationRefusedException if it cannot be done; the message says why and what to do
     */
    abstract void run(PrintStream out) throws Exception;
}
