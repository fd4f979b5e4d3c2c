package org.kemari.itests.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Await;

/**
 * Talks to a recording service over one TCP connection: sends a number, waits for the answer, sends the next. Keeps
 * account of every answer, so that afterwards every acknowledged record can be asked for.
 */
public final class RecordClient implements AutoCloseable {
    private static final int ANSWER_MILLIS = 60_000;

    /**
     * One acknowledged record.
     *
     * @param number its number
     * @param sentNanos when it was sent, {@link System#nanoTime}
     * @param answeredNanos when its answer came
     */
    public record Answer(long number, long sentNanos, long answeredNanos) {
        public long nanos() {
            return answeredNanos - sentNanos;
        }
    }

    private final Socket socket;
    private final Thread thread;
    private final List<Answer> answers = new ArrayList<>();
    private volatile boolean ending;
    private volatile Optional<Exception> failure = Optional.empty();

    private RecordClient(Socket socket, long firstNumber, long pauseNanos) {
        this.socket = socket;
        this.thread = new Thread(() -> body(firstNumber, pauseNanos), "kemari-record-client");
        this.thread.setDaemon(true);
    }

    /**
     * Connects and begins.
     *
     * @param port {@link GuestPorts#RECORD} or {@link GuestPorts#RAW}
     * @param firstNumber number of the first record
     * @param pauseNanos how long to wait after an answer
     */
    public static RecordClient start(String address, int port, long firstNumber, long pauseNanos) throws IOException {
        RecordClient client =
                new RecordClient(GuestControl.open(address, port, ANSWER_MILLIS), firstNumber, pauseNanos);
        client.thread.start();
        return client;
    }

    private void body(long firstNumber, long pauseNanos) {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            long number = firstNumber;
            for (long here = 1; !ending; here++, number++) {
                long sent = System.nanoTime();
                socket.getOutputStream().write((number + "\n").getBytes(StandardCharsets.US_ASCII));
                String answer = in.readLine();
                long answered = System.nanoTime();
                // the second number is the service's count for this connection: it must never start again
                if (!(number + " " + here).equals(answer)) {
                    throw new IOException("record " + number + " of this connection's " + here + ": " + answer);
                }
                synchronized (answers) {
                    answers.add(new Answer(number, sent, answered));
                }
                if (pauseNanos > 0) {
                    Thread.sleep(pauseNanos / 1_000_000, (int) (pauseNanos % 1_000_000));
                }
            }
        } catch (IOException | InterruptedException e) {
            failure = Optional.of(e);
        }
    }

    /** What ended the connection, if anything did. */
    public Optional<Exception> failure() {
        return failure;
    }

    /** What has been acknowledged so far. */
    public List<Answer> answers() {
        synchronized (answers) {
            return List.copyOf(answers);
        }
    }

    public int count() {
        synchronized (answers) {
            return answers.size();
        }
    }

    /** Waits until it has so many more answers than now. */
    public void awaitMore(int more, Duration patience) throws TimeoutException {
        int wanted = count() + more;
        Await.until("the client has " + more + " more answers", patience, () -> {
            failure.ifPresent(e -> {
                throw new Await.AbortWaiting("the client's connection broke: " + e);
            });
            return count() >= wanted;
        });
    }

    /** The longest time for which it has waited for an answer, of all answers but so many first ones; 0 without any. */
    public long longestWaitNanos(int first) {
        synchronized (answers) {
            return answers.stream().skip(first).mapToLong(Answer::nanos).max().orElse(0);
        }
    }

    /** Sends no more, waits for the answer that is under way, and hangs up. */
    public List<Answer> finish() throws IOException {
        ending = true;
        try {
            thread.join(ANSWER_MILLIS + 1000L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
        return answers();
    }

    @Override
    public void close() throws IOException {
        ending = true;
        socket.close();
    }
}
