package org.kemari.shell.internal.commands;

import java.io.IOException;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;

/** The keys of a live view. */
interface Keys extends AutoCloseable {
    /**
     * Waits.
     *
     * @return whether the view is to end: a key or Ctrl-C has been pressed
     */
    boolean pressedWithin(long millis) throws IOException;

    @Override
    void close();

    /** The keys of a session's terminal; without one, nothing but an interruption ends the view. */
    static Keys of(Session session) {
        Optional<Keys> keys = Terminals.of(session).map(TerminalKeys::new);
        return keys.orElseGet(NoKeys::new);
    }

    /** Where there is no terminal. */
    final class NoKeys implements Keys {
        @Override
        public boolean pressedWithin(long millis) {
            try {
                Thread.sleep(millis);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        }

        @Override
        public void close() {
            // nothing was opened
        }
    }
}
