package org.kemari.itests.lab;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.kemari.api.management.DomainMXBean;

/**
 * Some hosts that are each other's peers.
 *
 * @param hosts in the order in which they were named
 */
public record HostGroup(List<KemariHost> hosts) {
    private static final long LOOK_MILLIS = 50;
    private static final int FRAMES = 4;

    public HostGroup {
        hosts = List.copyOf(hosts);
    }

    /** Makes hosts without starting them. */
    public static HostGroup create(Lab lab, String... names) {
        List<String> all = Arrays.asList(names);
        return new HostGroup(
                all.stream().map(name -> KemariHost.create(lab, name, all)).toList());
    }

    public static HostGroup of(Pair pair) {
        return new HostGroup(List.of(pair.east(), pair.west()));
    }

    public KemariHost host(String name) {
        return hosts.stream().filter(h -> h.name().equals(name)).findFirst().orElseThrow();
    }

    public List<KemariHost> others(KemariHost... but) {
        List<KemariHost> others = new ArrayList<>(hosts);
        others.removeAll(Arrays.asList(but));
        return others;
    }

    /** Starts those that do not run, and waits until all are up and know each other. */
    public HostGroup awaitUp(Duration patience) throws TimeoutException {
        for (KemariHost host : hosts) {
            if (!host.isRunning()) {
                host.start();
            }
        }
        for (KemariHost host : hosts) {
            host.awaitReady();
        }
        for (KemariHost host : hosts) {
            for (KemariHost peer : others(host)) {
                Await.until(host.name() + " hears " + peer.name(), patience, LOOK_MILLIS, () -> host.console()
                        .health(peer.name())
                        .getState()
                        .equals("ALIVE"));
            }
        }
        return this;
    }

    /** What a host says of a domain; empty if it does not say anything. */
    private static Optional<OwnerWatch.View> view(KemariHost host, String domain) {
        try {
            return host.isRunning() ? OwnerWatch.View.of(host.console().server(), domain) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** The host that says it runs the domain; of several the one with the newest generation. */
    public Optional<KemariHost> primary(String domain) {
        return hosts.stream()
                .filter(host -> view(host, domain)
                        .filter(v -> v.role().equals("PRIMARY"))
                        .isPresent())
                .max(Comparator.comparingLong(host ->
                        view(host, domain).map(OwnerWatch.View::generation).orElse(0L)));
    }

    /** Waits until exactly one host runs the domain, and returns it. */
    public KemariHost awaitOnePrimary(String domain, Duration patience) throws TimeoutException {
        KemariHost[] found = new KemariHost[1];
        Await.until("one host runs " + domain, patience, LOOK_MILLIS, () -> {
            List<KemariHost> primaries = hosts.stream()
                    .filter(host -> view(host, domain)
                            .filter(v -> v.role().equals("PRIMARY"))
                            .isPresent())
                    .toList();
            if (primaries.size() == 1) {
                found[0] = primaries.get(0);
            }
            return primaries.size() == 1;
        });
        return found[0];
    }

    /** Waits until one host runs the domain and another one has its image, as the record says; returns the first. */
    public KemariHost awaitProtected(String domain, Duration patience) throws TimeoutException {
        KemariHost[] found = new KemariHost[1];
        try {
            Await.until(domain + " is protected", patience, LOOK_MILLIS, () -> {
                KemariHost primary = primary(domain).orElseThrow();
                DomainMXBean here = primary.console().domain(domain);
                DomainMXBean there = host(here.getPeer()).console().domain(domain);
                found[0] = primary;
                return here.getState().equals("PROTECTED")
                        && there.getState().equals("READY")
                        && here.getGeneration() == there.getGeneration();
            });
        } catch (TimeoutException e) {
            throw new TimeoutException(e.getMessage() + "; it is " + describe(domain));
        }
        return found[0];
    }

    /** Everything that the hosts say of a domain, in one line. */
    public String describe(String domain) {
        List<String> words = new ArrayList<>();
        for (KemariHost host : hosts) {
            words.add(host.name() + ": "
                    + view(host, domain).map(OwnerWatch.View::toString).orElse("does not say") + sync(host, domain));
        }
        return String.join("; ", words);
    }

    /** How far the copying to the standby has come, if there is any. */
    private static String sync(KemariHost host, String domain) {
        try {
            DomainMXBean bean = host.console().domain(domain);
            return bean.getState().equals("SYNCING")
                    ? ", %s, round %d, %d of %d bytes done, %d sent"
                            .formatted(
                                    bean.getSyncPhase(),
                                    bean.getSyncRound(),
                                    bean.getSyncBytesDone(),
                                    bean.getSyncBytesTotal(),
                                    bean.getSyncBytesSent())
                    : "";
        } catch (RuntimeException e) {
            return "";
        }
    }

    /** Where Kemari's threads are on all hosts that can tell: of each the places in Kemari's own code, innermost first. */
    public List<String> whereabouts() {
        List<String> places = new ArrayList<>();
        for (KemariHost host : hosts) {
            try {
                ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                        host.console().server(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
                for (ThreadInfo thread : threads.dumpAllThreads(false, false)) {
                    String frames = Arrays.stream(thread.getStackTrace())
                            .filter(frame -> frame.getClassName().startsWith("org.kemari."))
                            .limit(FRAMES)
                            .map(frame -> frame.getClassName().replaceFirst("^.*\\.", "") + "." + frame.getMethodName())
                            .collect(Collectors.joining(" < "));
                    if (!frames.isEmpty()) {
                        places.add(host.name() + " " + thread.getThreadName() + ": " + frames);
                    }
                }
            } catch (IOException | RuntimeException e) {
                places.add(host.name() + " does not say where its threads are: " + e);
            }
        }
        return places;
    }
}
