package org.kemari.itests.guest;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostBundles;
import org.kemari.itests.lab.HostBundles.Exchange;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;

/**
 * Exchanges bundles under a guest that serves a client and is protected, and tells what the client has seen of it. A guest
 * that is not protected again by itself, or on another host than before, is an error.
 */
public final class HotSwap {
    /** So many answers after it, the longest wait of an exchange has been counted. */
    private static final int ANSWERS = 10;

    private final HostGroup hosts;
    private final String domain;
    private final KemariHost primary;
    private final RecordClient client;
    private final Duration patience;

    /**
     * What came of an exchange.
     *
     * @param waitNanos how long the client has waited for an answer, at most
     * @param unprotectedMillis from the begin of the exchange until the domain was protected again; 0 if it stayed so
     */
    public record Outcome(long waitNanos, long unprotectedMillis) {}

    /** What is done with the bundles of a host; it returns when Karaf has done it. */
    @FunctionalInterface
    public interface Work {
        void on(HostBundles bundles) throws IOException;
    }

    /**
     * Surroundings of exchanges.
     *
     * @param hosts all that know the domain
     * @param domain it is protected
     * @param primary where it runs, and stays
     * @param client talks to the guest all the time
     * @param patience for each thing that is waited for
     */
    public HotSwap(HostGroup hosts, String domain, KemariHost primary, RecordClient client, Duration patience) {
        this.hosts = hosts;
        this.domain = domain;
        this.primary = primary;
        this.client = client;
        this.patience = patience;
    }

    /**
     * Exchanges one bundle.
     *
     * @param bundle the last part of its symbolic name
     */
    public Outcome exchange(KemariHost host, String bundle, Exchange how) throws IOException, TimeoutException {
        String name = symbolicName(bundle);
        return exchange(host, bundle, bundles -> bundles.exchange(name, how));
    }

    /** As above, by any work on that bundle. */
    public Outcome exchange(KemariHost host, String bundle, Work work) throws IOException, TimeoutException {
        HostBundles bundles = new HostBundles(host.console());
        int before = client.count();
        long begin = System.currentTimeMillis();
        work.on(bundles);
        Await.until(bundle + " is active", patience, () -> bundles.isActive(symbolicName(bundle)));
        // a loss of protection may take a moment to be known on the other host
        client.awaitMore(ANSWERS, patience);
        KemariHost now = hosts.awaitProtected(domain, patience);
        if (now != primary) {
            throw new IllegalStateException(domain + " has gone to " + now.name() + " when " + bundle + " of "
                    + host.name() + " was exchanged");
        }
        long since = primary.console().domain(domain).getSinceEpochMillis();
        client.awaitMore(ANSWERS, patience);
        return new Outcome(client.longestWaitNanos(before), Math.max(0, since - begin));
    }

    /** What the client sees in a time in which nothing is exchanged. */
    public Outcome nothing(Duration time) throws TimeoutException {
        int before = client.count();
        long end = System.nanoTime() + time.toNanos();
        Await.until("time has passed", time.plus(patience), () -> System.nanoTime() > end);
        client.awaitMore(1, patience);
        return new Outcome(client.longestWaitNanos(before), 0);
    }

    /** The symbolic name of a bundle of Kemari. */
    public static String symbolicName(String bundle) {
        return "org.kemari." + bundle;
    }
}
