package org.kemari.health.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kemari.api.link.Link;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the beats of the peers, and says goodbye to them. */
final class BeatResponder {
    private static final Logger LOG = LoggerFactory.getLogger(BeatResponder.class);

    /** A link that a peer has dialled; writing is synchronized, since the goodbye comes from another thread. */
    private static final class Conversation {
        private final Link link;
        private final ByteBuffer out = Frame.buffer();
        private volatile long lastNanos = System.nanoTime();

        Conversation(Link link) {
            this.link = link;
        }

        synchronized void say(Frame.Type type, long sequence) throws IOException {
            link.write(Frame.encode(out, type, sequence));
        }
    }

    private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
    private volatile boolean leaving;

    /** Answers on this link until it ends. */
    void serve(Link link) {
        Conversation here = new Conversation(link);
        conversations.add(here);
        try {
            if (leaving) {
                return;
            }
            ByteBuffer in = Frame.buffer();
            while (true) {
                link.readFully(in.clear());
                Frame frame = Frame.decode(in.flip());
                if (frame.type() != Frame.Type.BEAT) {
                    throw new IOException("a " + frame.type() + " where only heartbeats are expected");
                }
                here.lastNanos = System.nanoTime();
                here.say(Frame.Type.REPLY, frame.sequence());
            }
        } catch (EOFException e) {
            LOG.debug("Health link from {} ended", link.peer());
        } catch (IOException e) {
            LOG.debug("Health link from {} closed: {}", link.peer(), e.getMessage());
        } finally {
            conversations.remove(here);
            link.close();
        }
    }

    /**
     * Closes links whose peer has said nothing for so long that it has surely given them up. A peer may have several links,
     * one for each of its paths to this host.
     */
    void closeSilent(Moment now, Duration limit) {
        conversations.stream()
                .filter(c -> now.nanos() - c.lastNanos > limit.toNanos())
                .forEach(c -> c.link.close());
    }

    /**
     * Tells all peers that nobody answers any more by intention, then closes.
     *
     * @param type {@code LEAVING} or {@code PAUSING}
     * @param limit it takes no longer than this
     */
    void leave(Frame.Type type, Duration limit) {
        leaving = true;
        List<Conversation> all = List.copyOf(conversations);
        CountDownLatch said = new CountDownLatch(all.size());
        for (Conversation c : all) {
            Thread speaker = new Thread(() -> sayGoodbye(c, type, said), "kemari-health-leave-" + c.link.peer());
            speaker.setDaemon(true);
            speaker.start();
        }
        try {
            if (!said.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.debug("Not all peers could be told within {} ms that this host leaves", limit.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(c -> c.link.close());
    }

    private static void sayGoodbye(Conversation c, Frame.Type type, CountDownLatch said) {
        try {
            c.say(type, 0);
        } catch (IOException e) {
            LOG.debug("Cannot say goodbye to {}: {}", c.link.peer(), e.getMessage());
        } finally {
            said.countDown();
        }
    }
}
