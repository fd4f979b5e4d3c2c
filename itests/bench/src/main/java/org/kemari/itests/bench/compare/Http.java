package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web server whose every answer ends its connection: many short connections. */
final class Http implements Workload {
    private static final int PORT = 80;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    @Override
    public String name() {
        return "http";
    }

    @Override
    public String words() {
        return "busybox httpd in the guest, a file of 4 KiB; wrk -t 1 -c 8 outside. The server takes a connection and a"
                + " process for each request.";
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        subject.shell().run("/bin/busybox mkdir -p /www && /bin/busybox head -c 4096 /bin/busybox >/www/file");
        subject.shell().run("/bin/busybox httpd -f -p " + PORT + " -h /www & echo $! >/tmp/httpd.pid");
        subject.shell().awaitListener(PORT);
        String text = Client.run(List.of(
                "wrk",
                "-t",
                "1",
                "-c",
                "8",
                "-d",
                Math.round(seconds) + "s",
                "--latency",
                "http://" + subject.address() + "/file"));
        found.accept(Figure.throughput("http, wrk -c 8", "requests/s"), rate(text));
        for (int percent : List.of(50, 90, 99)) {
            found.accept(Figure.latency("http, wrk -c 8", percent), millis(text, percent));
        }
        subject.shell().run("kill $(/bin/busybox cat /tmp/httpd.pid)");
    }

    static double rate(String text) throws IOException {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.find() || Double.parseDouble(matcher.group(1)) == 0) {
            throw new IOException("wrk had no answers: " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** A line of wrk's distribution, "99%   12.34ms" for instance. */
    static double millis(String text, int percent) throws IOException {
        Matcher matcher = Pattern.compile("(?m)^\\s*" + percent + "%\\s+([0-9.]+)(us|ms|s|m)\\s*$")
                .matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk tells no percentiles: " + text);
        }
        double value = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> value / 1000;
            case "ms" -> value;
            case "s" -> value * 1000;
            default -> value * 60_000;
        };
    }
}
