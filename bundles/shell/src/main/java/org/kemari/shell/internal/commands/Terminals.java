package org.kemari.shell.internal.commands;

import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.jline.terminal.Terminal;

/** The terminal that a session has, if anybody sits at it. */
final class Terminals {
    private Terminals() {}

    /**
     * Where somebody can be asked and keys can be pressed. Sessions of scripts and of {@code ssh host command} have none;
     * that of {@code watch} shows the terminal of the session around it, but it has no history: nobody types there.
     */
    static Optional<Terminal> of(Session session) {
        return session.getHistory() != null && session.get(".jline.terminal") instanceof Terminal terminal
                ? Optional.of(terminal)
                : Optional.empty();
    }
}
