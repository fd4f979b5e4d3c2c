package org.kemari.shell.internal.commands;

import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.jline.terminal.Terminal;

/** The terminal that a session has, if anybody sits at it. */
final class Terminals {
    private Terminals() {}

    /**
     * Where somebody can be asked and keys can be pressed. Sessions of scripts, of {@code ssh host command} and of {@code
     * watch} have none: they may have inherited one for its size, but not under this name.
     */
    static Optional<Terminal> of(Session session) {
        return session.get(".jline.terminal") instanceof Terminal terminal ? Optional.of(terminal) : Optional.empty();
    }
}
