package org.kemari.itests.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends echo requests at a steady pace, and keeps when each answer came and how long it took. */
public final class Ping implements AutoCloseable {
    private static final Pattern REPLY = Pattern.compile("^\\[([0-9.]+)] .*icmp_seq=.*time=([0-9.]+) ms");
    private static final long PATIENCE_SECONDS = 30;

    /**
     * One answer.
     *
     * @param atMillis when it came, milliseconds since 1970
     * @param millis how long it took
     */
    public record Reply(double atMillis, double millis) {}

    private final Process process;
    private final Thread reader;
    private final List<Reply> replies = new ArrayList<>();

    private Ping(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "kemari-bench-ping");
        this.reader.setDaemon(true);
    }

    /** Begins; goes on until closed. */
    public static Ping start(String address, double intervalSeconds) throws IOException {
        return start(List.of("ping", "-D", "-n", "-i", interval(intervalSeconds), address));
    }

    /** Sends so many requests and returns the answers. */
    public static List<Reply> run(String address, double intervalSeconds, int count) throws IOException {
        try (Ping ping = start(List.of(
                "ping",
                "-D",
                "-n",
                "-W",
                "2",
                "-i",
                interval(intervalSeconds),
                "-c",
                Integer.toString(count),
                address))) {
            if (!ping.process.waitFor(PATIENCE_SECONDS + (long) (count * intervalSeconds), TimeUnit.SECONDS)) {
                throw new IOException("ping does not end");
            }
            ping.reader.join(1000);
            return ping.replies();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Ping start(List<String> command) throws IOException {
        Ping ping =
                new Ping(new ProcessBuilder(command).redirectErrorStream(true).start());
        ping.reader.start();
        return ping;
    }

    private static String interval(double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds);
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Matcher matcher = REPLY.matcher(line);
                if (matcher.find()) {
                    Reply reply = new Reply(
                            Double.parseDouble(matcher.group(1)) * 1000, Double.parseDouble(matcher.group(2)));
                    synchronized (replies) {
                        replies.add(reply);
                    }
                }
            }
        } catch (IOException e) {
            // the stream of a process that was ended
            return;
        }
    }

    /** The answers so far. */
    public List<Reply> replies() {
        synchronized (replies) {
            return List.copyOf(replies);
        }
    }

    /** The longest time without an answer that ends after a moment; not a number if nothing came since. */
    static double longestSilenceMillis(List<Reply> replies, double sinceMillis) {
        double longest = Double.NaN;
        for (int i = 1; i < replies.size(); i++) {
            double gap = replies.get(i).atMillis() - replies.get(i - 1).atMillis();
            if (replies.get(i).atMillis() > sinceMillis && !(gap <= longest)) {
                longest = gap;
            }
        }
        return longest;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
