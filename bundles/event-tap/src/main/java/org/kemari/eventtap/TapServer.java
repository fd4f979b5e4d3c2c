package org.kemari.eventtap;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import org.kemari.eventtap.internal.StandaloneTap;
import org.kemari.linux.Fd;
import org.kemari.linux.UnixListener;

/** {@code kemari tap}: serves raw disks on vhost-user sockets, tied to nothing else. */
public final class TapServer {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    private TapServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        TapOptions options;
        try {
            options = TapOptions.parse(List.of(arguments));
        } catch (TapOptions.UsageException | InvalidPathException e) {
            System.err.println("kemari tap: " + e.getMessage() + "; see kemari tap --help");
            System.exit(USAGE);
            return;
        }
        if (options.help()) {
            System.out.print(TapOptions.USAGE);
            return;
        }
        List<StandaloneTap> taps = new ArrayList<>();
        try {
            for (TapOptions.Export export : options.exports()) {
                taps.add(serve(export));
            }
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("kemari tap: " + e.getMessage());
            taps.forEach(StandaloneTap::close);
            System.exit(FAILURE);
            return;
        }
        // Being ended by a signal is how this ends well; the status of the JVM would be that of a failure.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(taps, System.err), "kemari-tap-end"));
        taps.forEach(StandaloneTap::start);
        Thread.currentThread().join();
    }

    private static StandaloneTap serve(TapOptions.Export export) throws IOException {
        StandaloneTap tap = StandaloneTap.open(export.disk(), export.queues(), export.readOnly());
        try {
            tap.listen(
                    export.socket().isPresent()
                            ? UnixListener.bind(export.socket().get())
                            : UnixListener.adopt(Fd.adopt(export.fd().orElseThrow())));
            return tap;
        } catch (IOException | IllegalArgumentException e) {
            tap.close();
            throw e;
        }
    }

    private static void end(List<StandaloneTap> taps, PrintStream errors) {
        int status = 0;
        for (StandaloneTap tap : taps) {
            try {
                tap.close();
            } catch (RuntimeException e) {
                errors.println("kemari tap: " + e);
                status = FAILURE;
            }
        }
        Runtime.getRuntime().halt(status);
    }
}
