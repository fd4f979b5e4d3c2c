package org.kemari.itests.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * Looks at a domain on all hosts, many times a second, and keeps account of who said to be what, and for how long.
 *
 * <p>Hosts are not asked at the same instant, and one that stood still says what it believed before. So only what is
 * certain counts as a fault: that a host was in a state without interruption from one look to the next, and that the same
 * is true of another host at a time in between; and that two hosts have run the domain with the same generation, at
 * whatever times. Whether an output got out that should not have is for the clients to tell.
 */
public final class OwnerWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 25;
    private static final long END_MILLIS = 20_000;
    /** Nothing keeps outputs of a host in these states from being executed. */
    private static final Set<String> PASSING = Set.of("SOLO", "SYNCING");

    /**
     * What a host says of a domain.
     *
     * @param sinceEpochMillis when it came into the state
     */
    public record View(String role, String state, long generation, String peer, long sinceEpochMillis) {
        private static final String[] ONCE = {"Role", "State", "Generation", "Peer", "SinceEpochMillis"};
        private static final String[] TWICE = {
            "Role",
            "State",
            "Generation",
            "Peer",
            "SinceEpochMillis",
            "Role",
            "State",
            "Generation",
            "Peer",
            "SinceEpochMillis"
        };

        /** Asks a host; empty if it does not know the domain, or its state was changing meanwhile. */
        static Optional<View> of(MBeanServerConnection server, String domain) throws IOException {
            List<Attribute> values;
            try {
                values = server.getAttributes(new ObjectName("org.kemari:type=Domain,name=" + domain), TWICE)
                        .asList();
            } catch (InstanceNotFoundException e) {
                return Optional.empty();
            } catch (JMException e) {
                throw new IOException("cannot look at " + domain, e);
            }
            if (values.size() != TWICE.length
                    || !values.subList(0, ONCE.length).equals(values.subList(ONCE.length, TWICE.length))) {
                return Optional.empty();
            }
            return Optional.of(new View(
                    (String) values.get(0).getValue(),
                    (String) values.get(1).getValue(),
                    (Long) values.get(2).getValue(),
                    (String) values.get(3).getValue(),
                    (Long) values.get(4).getValue()));
        }

        boolean isPrimary() {
            return role.equals("PRIMARY");
        }

        @Override
        public String toString() {
            return role + " " + state + ", generation " + generation + (peer.isEmpty() ? "" : ", with " + peer);
        }
    }

    /**
     * A host has been in a state without interruption.
     *
     * @param host its name
     * @param view what it said
     * @param fromNanos the end of the first look that saw it, nanoseconds after the watch began
     * @param toNanos the beginning of the last look that saw it; before {@code fromNanos} if there was only one
     */
    public record Stretch(String host, View view, long fromNanos, long toNanos) {
        boolean overlaps(Stretch other) {
            return Math.max(fromNanos, other.fromNanos) < Math.min(toNanos, other.toNanos);
        }

        @Override
        public String toString() {
            return "%s from %.3f to %.3f s: %s".formatted(host, fromNanos / 1e9, toNanos / 1e9, view);
        }
    }

    private final String domain;
    private final Map<String, List<Stretch>> stretches = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final long beginNanos = System.nanoTime();
    private volatile boolean ending;

    private OwnerWatch(String domain) {
        this.domain = domain;
    }

    /** Begins to look. */
    public static OwnerWatch begin(String domain, List<KemariHost> hosts) {
        OwnerWatch watch = new OwnerWatch(domain);
        for (KemariHost host : hosts) {
            watch.stretches.put(host.name(), new ArrayList<>());
            Thread thread = new Thread(() -> watch.look(host), "kemari-watch-" + host.name());
            thread.setDaemon(true);
            watch.threads.add(thread);
        }
        watch.threads.forEach(Thread::start);
        return watch;
    }

    private void look(KemariHost host) {
        HostConsole console = null;
        while (!ending) {
            try {
                if (console == null) {
                    console = HostConsole.connect(host.consoleAddress());
                }
                long before = System.nanoTime() - beginNanos;
                Optional<View> view = View.of(console.server(), domain);
                long after = System.nanoTime() - beginNanos;
                view.ifPresent(v -> add(host.name(), v, before, after));
                Thread.sleep(LOOK_MILLIS);
            } catch (IOException | RuntimeException e) {
                // dead, or on its way up: a new process needs a new connection
                if (console != null) {
                    console.forget();
                    console = null;
                }
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        if (console != null) {
            console.forget();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(4 * LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void add(String host, View view, long before, long after) {
        List<Stretch> all = stretches.get(host);
        Stretch last = all.isEmpty() ? null : all.get(all.size() - 1);
        if (last != null && last.view().equals(view)) {
            all.set(all.size() - 1, new Stretch(host, view, last.fromNanos(), before));
        } else {
            all.add(new Stretch(host, view, after, before));
        }
    }

    /** What has been seen so far, by host and in order. */
    public synchronized Map<String, List<Stretch>> stretches() {
        Map<String, List<Stretch>> copy = new LinkedHashMap<>();
        stretches.forEach((host, all) -> copy.put(host, List.copyOf(all)));
        return copy;
    }

    /** What ought not to have been, in words; empty if all is well. */
    public List<String> faults() {
        return faults(stretches().values().stream().flatMap(List::stream).toList());
    }

    static List<String> faults(List<Stretch> seen) {
        List<Stretch> primaries = seen.stream()
                .filter(s -> s.view().isPrimary() && s.view().generation() > 0)
                .toList();
        List<String> faults = new ArrayList<>(twoOwnersOfAGeneration(primaries));
        for (Stretch a : primaries) {
            for (Stretch b : primaries) {
                if (a.host().compareTo(b.host()) < 0 && a.overlaps(b) && bothExecute(a.view(), b.view())) {
                    faults.add("two hosts execute outputs at the same time: " + a + "; " + b);
                }
            }
        }
        return faults;
    }

    /**
     * A protected primary executes nothing on its own: that its standby has taken over, it may not know yet. Any two others
     * are one too many.
     */
    private static boolean bothExecute(View a, View b) {
        return PASSING.contains(a.state()) && PASSING.contains(b.state());
    }

    private static List<String> twoOwnersOfAGeneration(List<Stretch> primaries) {
        Map<Long, Map<String, Stretch>> owners = new TreeMap<>();
        // while it starts, a host may show a record that it has read and does not own yet
        primaries.stream()
                .filter(s -> !s.view().state().equals("STARTING")
                        && !s.view().state().equals("FAILED"))
                .forEach(s -> owners.computeIfAbsent(s.view().generation(), g -> new TreeMap<>())
                        .putIfAbsent(s.host(), s));
        return owners.values().stream()
                .filter(byHost -> byHost.size() > 1)
                .map(byHost -> "two hosts have owned one generation: "
                        + String.join(
                                "; ",
                                byHost.values().stream().map(Stretch::toString).toList()))
                .toList();
    }

    /** Everything seen, line by line, for a log. */
    public List<String> story() {
        List<Stretch> all = new ArrayList<>();
        stretches().values().forEach(all::addAll);
        return all.stream()
                .sorted(Comparator.comparingLong(Stretch::fromNanos))
                .map(Stretch::toString)
                .toList();
    }

    /** Ends; what has been seen can still be asked for. */
    @Override
    public void close() {
        ending = true;
        for (Thread thread : threads) {
            try {
                thread.join(END_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
