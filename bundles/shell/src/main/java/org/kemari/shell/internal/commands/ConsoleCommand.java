package org.kemari.shell.internal.commands;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.ConsoleText;
import org.kemari.shell.internal.view.FileTail;

/** Shows a guest's console. */
@Service
@Command(
        scope = "kemari",
        name = "console",
        description = "Shows what a guest has written to its serial console on this host.",
        detailedDescription =
                """
Where that is kept is said by consoleLog in the definition of the
domain. Control characters and escape sequences are left out: a guest
cannot do anything to this terminal.

Examples:
  kemari:console web
  kemari:console -n 200 web
  kemari:console -f web         goes on until a key or Ctrl-C is pressed
  kemari:console --path web     only the name of the file
""")
public final class ConsoleCommand extends KemariAction {
    private static final long LOOK_MILLIS = 200;

    @Option(name = "-n", aliases = "--lines", description = "How many of the last lines")
    int lines = 40;

    @Option(name = "-f", aliases = "--follow", description = "Show also what comes from now on")
    boolean follow;

    @Option(name = "-p", aliases = "--path", description = "Show only where the console is logged")
    boolean path;

    @Argument(index = 0, name = "domain", description = "Name of the domain", required = true)
    @Completion(DomainCompleter.class)
    String domain;

    @Override
    void run(PrintStream out) throws OperationRefusedException, IOException {
        if (lines < 0) {
            throw new OperationRefusedException("-n is " + lines + "; expected 0 or more");
        }
        Path log = log();
        if (path) {
            out.println(log);
            return;
        }
        if (!Files.isReadable(log)) {
            throw new OperationRefusedException(
                    "there is no " + log + " yet: " + domain + " has not run on this host since it was defined");
        }
        FileTail tail = new FileTail(log);
        ConsoleText text = new ConsoleText();
        String last = text.next(tail.last(lines));
        out.print(last);
        out.flush();
        if (follow) {
            follow(tail, text, out);
        } else if (!last.isEmpty() && !last.endsWith("\n")) {
            out.println();
        }
    }

    private Path log() throws OperationRefusedException {
        DomainDefinition definition = kemari.configuration()
                .domain(domain)
                .orElseThrow(() -> new OperationRefusedException(
                        "domain " + domain + " is not defined on this host; kemari:domains lists those that are"));
        return definition
                .consoleLog()
                .orElseThrow(() -> new OperationRefusedException("the console of " + domain
                        + " is not logged: add consoleLog with the path of a file to its definition; it takes effect when"
                        + " the guest is started again"));
    }

    private void follow(FileTail tail, ConsoleText text, PrintStream out) throws IOException {
        try (Keys keys = Keys.of(session)) {
            // a print stream whose other end is gone says so in this way only
            while (!keys.pressedWithin(LOOK_MILLIS) && !out.checkError()) {
                out.print(text.next(tail.added()));
            }
        }
    }
}
