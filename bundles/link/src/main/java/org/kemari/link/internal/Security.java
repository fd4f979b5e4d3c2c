package org.kemari.link.internal;

import java.io.IOException;
import java.util.Optional;

/** What protects connections. Each new connection is treated by what is in force when it begins. Thread-safe. */
interface Security extends AutoCloseable {
    /**
     * The side that has dialled: makes sure that the other end is this host.
     *
     * @throws SecurityRefusal if this host or the other end has no proper certificate; the message says what is wrong
     */
    Wire dialled(Connection connection, String peer) throws IOException;

    /**
     * The side that was called: makes sure that the caller is one of us; which one, {@link Wire#confirm} tells.
     *
     * @throws SecurityRefusal as above
     */
    Wire called(Connection connection) throws IOException;

    /** Whether there is any point in dialling; if not, the exception says why. */
    void ready() throws SecurityRefusal;

    /** What is wrong with the settings, although something else may be in force meanwhile. */
    default Optional<String> problem() {
        return Optional.empty();
    }

    /** Makes an error that came up on a wire fit for people. */
    IOException explain(IOException error, String peer);

    @Override
    void close();
}
