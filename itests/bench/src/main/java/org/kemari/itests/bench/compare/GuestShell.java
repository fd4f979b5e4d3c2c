package org.kemari.itests.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.kemari.itests.guest.GuestPorts;

/** Runs commands in the guest, and knows how long they take by its clock and by ours. */
final class GuestShell {
    private static final int CONNECT_MILLIS = 5000;
    private static final int ANSWER_MILLIS = 120_000;
    private static final String CLOCK = "/bin/busybox cut -d' ' -f1 /proc/uptime";

    /**
     * What came of a command.
     *
     * @param text its output
     * @param guestSeconds how long it took by the guest's clock, which stands still during a pause
     * @param seconds how long it took by ours
     */
    record Outcome(String text, double guestSeconds, double seconds) {
        /** A rate in the guest's time as one in ours. */
        double rate(double perGuestSecond) {
            return perGuestSecond * guestSeconds / seconds;
        }
    }

    private final String address;

    GuestShell(String address) {
        this.address = address;
    }

    /** Runs a command of which only its success is wanted. */
    void run(String command) throws IOException {
        time(command);
    }

    /** Waits until a server has begun to listen; a connection just to try would confuse some. */
    void awaitListener(int port) throws IOException {
        run("for i in $(/bin/busybox seq 300); do /bin/busybox netstat -ltn | /bin/busybox grep -q ':" + port
                + " ' && exit 0; /bin/busybox sleep 0.1; done; echo nobody listens on " + port + "; exit 1");
    }

    /**
     * Runs a command. Both clocks are read when it begins and when it ends; what the guest says of either is delayed
     * alike until the next checkpoint, which is why its output comes after the end.
     *
     * @throws IOException if it fails, with its output
     */
    Outcome time(String command) throws IOException {
        String script = "echo @begin $(" + CLOCK + ")\n( " + command + " ) >/tmp/shell.out 2>&1 </dev/null\nstatus=$?\n"
                + "echo @end $(" + CLOCK + ") $status\n/bin/busybox cat /tmp/shell.out\nexit\n";
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, GuestPorts.SHELL), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(script.getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            double guestBegin = mark(in.readLine(), "@begin").orElseThrow(() -> broken(command));
            long begin = System.nanoTime();
            String line = in.readLine();
            long end = System.nanoTime();
            double guestEnd = mark(line, "@end").orElseThrow(() -> broken(command));
            StringBuilder text = new StringBuilder();
            in.lines().forEach(words -> text.append(words).append('\n'));
            if (!line.endsWith(" 0")) {
                throw new IOException("in the guest: " + command + ": status "
                        + line.substring(line.lastIndexOf(' ') + 1) + ": " + text);
            }
            return new Outcome(text.toString(), guestEnd - guestBegin, (end - begin) / 1e9);
        }
    }

    private static IOException broken(String command) {
        return new IOException("the guest's shell hung up on: " + command);
    }

    private static OptionalDouble mark(String line, String word) {
        return line != null && line.startsWith(word + " ")
                ? OptionalDouble.of(Double.parseDouble(line.split(" ")[1]))
                : OptionalDouble.empty();
    }
}
