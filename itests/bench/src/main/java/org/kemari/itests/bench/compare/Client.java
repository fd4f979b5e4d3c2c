package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import org.kemari.itests.lab.Shell;

/** Programs on the clients' side. */
final class Client {
    private Client() {}

    /** Runs a program and returns its output. */
    static String run(List<String> command) throws IOException {
        Shell.Result result = Shell.tryRun(command);
        if (result.status() != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with status " + result.status() + ": " + result.text());
        }
        return result.text();
    }
}
