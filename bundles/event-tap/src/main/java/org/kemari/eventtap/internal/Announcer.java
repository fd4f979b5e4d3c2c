package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says something to the network several times, for the first frames after a change of ports are easily lost. */
final class Announcer implements AutoCloseable {
    /** What is said. */
    interface Message {
        void send() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final String device;
    private final int times;
    private final long gapMillis;
    private final Message message;
    private final ScheduledExecutorService timer;

    Announcer(String device, String threadName, int times, long gapMillis, Message message) {
        this.device = device;
        this.times = times;
        this.gapMillis = gapMillis;
        this.message = message;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kemari-announce-" + threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns at once. */
    void announce() {
        for (int i = 0; i < times; i++) {
            timer.schedule(this::send, i * gapMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void send() {
        try {
            message.send();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: its address cannot be announced", device, e);
        }
    }

    /** Returns when nothing is being said any more. */
    @Override
    public void close() {
        timer.shutdownNow();
        boolean interrupted = false;
        while (!timer.isTerminated()) {
            try {
                timer.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
