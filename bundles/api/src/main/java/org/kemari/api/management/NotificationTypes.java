package org.kemari.api.management;

/**
 * Types of Kemari's notifications. Each goes out at the MBean that it is about and at {@code type=Host}. Sequence numbers
 * grow by one with each notification of an MBean, from 1 when the management of the host is started: a gap is a
 * notification that did not arrive. The user data is a {@code CompositeData} of simple types; the message says the same
 * for people. Filters by prefix work: {@code org.kemari.domain} is everything about domains.
 */
public final class NotificationTypes {
    /** A domain has another role, state or generation here. Data: domain, role, state, reason, peer, generation, … */
    public static final String DOMAIN_STATE = "org.kemari.domain.state";

    /**
     * A guest that runs here is no longer protected, or has been taken over and is not protected yet. Data as with
     * {@link #DOMAIN_STATE}.
     */
    public static final String PROTECTION_LOST = "org.kemari.domain.protection.lost";

    /** A guest that runs here is protected, for the first time or again. Data as with {@link #DOMAIN_STATE}. */
    public static final String PROTECTION_RESTORED = "org.kemari.domain.protection.restored";

    /** This host has taken a domain over. Data: the timeline, as in {@link TakeoverView}. */
    public static final String TAKEOVER = "org.kemari.domain.takeover";

    /**
     * A domain that ran here has been handed over to its standby, as asked for; there the same is a {@link #TAKEOVER}.
     * Data: domain, host, millis (since outputs are held here).
     */
    public static final String SWITCHOVER = "org.kemari.domain.switchover";

    /**
     * A full sync has come further: at its begin and end, and meanwhile every 10 percent or 5 seconds. Data: domain, host,
     * phase, round, percent, bytesDone, bytesTotal, bytesSent, bytesPerSecond, estimatedMillis (-1 if unknown).
     */
    public static final String SYNC = "org.kemari.domain.sync";

    /** A peer has come or gone. Data: peer, state, reason, sinceEpochMillis, losses. */
    public static final String PEER_STATE = "org.kemari.peer.state";

    /** One of several ways to a peer has come or gone. Data: peer, address, state, reason, sinceEpochMillis. */
    public static final String PEER_PATH = "org.kemari.peer.path";

    /** A check that this host makes of itself has another level. Data: subject, level, reason, sinceEpochMillis. */
    public static final String HOST_CHECK = "org.kemari.host.check";

    /** The arbiter cannot be reached any more. Data: engine, reachable, reason, sinceEpochMillis. */
    public static final String ARBITER_LOST = "org.kemari.arbiter.lost";

    /** The arbiter can be reached again. Data as with {@link #ARBITER_LOST}. */
    public static final String ARBITER_FOUND = "org.kemari.arbiter.found";

    /** A change of ownership waits for an operator. Data: domain, question. */
    public static final String ARBITER_DECISION = "org.kemari.arbiter.decision";

    /** A figure exceeds its limit, see {@link ThresholdsMXBean}. Data: as in {@link ViolationView}. */
    public static final String THRESHOLD_EXCEEDED = "org.kemari.threshold.exceeded";

    /** A figure is well below its limit again, or no longer there. Data as with {@link #THRESHOLD_EXCEEDED}. */
    public static final String THRESHOLD_CLEARED = "org.kemari.threshold.cleared";

    private NotificationTypes() {}
}
