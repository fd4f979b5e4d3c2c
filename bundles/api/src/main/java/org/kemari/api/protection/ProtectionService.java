package org.kemari.api.protection;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an operator can do with the domains of this host. A service; safe for use by many threads. Operations return when
 * the request has been accepted or refused, not when it is finished: watch {@link #status}.
 */
public interface ProtectionService {
    /** One entry for each defined domain and each domain that is here, by name. */
    List<DomainStatus> domains();

    Optional<DomainStatus> status(String domain);

    /** Starts a domain that is stopped everywhere; refused if the arbiter's record names another owner. */
    void start(String domain) throws OperationRefusedException;

    /**
     * Ends a domain that runs here.
     *
     * @param grace how long the guest is given to power itself off; zero: it is ended at once
     */
    void stop(String domain, Duration grace) throws OperationRefusedException;

    /**
     * Begins to protect a domain that runs here.
     *
     * @param standby the host to protect it on; empty: the first of its definition's that is there
     */
    void protect(String domain, Optional<String> standby) throws OperationRefusedException;

    /** Ends the protection of a domain that runs here; the guest goes on, unprotected until {@link #protect}. */
    void unprotect(String domain) throws OperationRefusedException;

    /**
     * Takes over a domain that this host is the standby of, whether or not the primary seems to be there. Outputs that
     * the primary has not released are lost to it, as with any takeover; nothing acknowledged is. While the old primary is
     * being fenced this says that the operator has made sure of its end.
     */
    void takeover(String domain) throws OperationRefusedException;

    /**
     * Lets the standby of a domain that is protected here take it over, with nothing lost; this host becomes its standby.
     */
    void switchover(String domain) throws OperationRefusedException;

    /**
     * Begins to move all domains that run here to other hosts: those that are protected at once, the others as soon as they
     * are. Ends when none runs here, or with {@link #endEvacuation}. Meanwhile none is started here.
     */
    void evacuate() throws OperationRefusedException;

    /** Domains that still run here stay. Does nothing if no evacuation is under way. */
    void endEvacuation();

    /** Whether this host is being, or has been, evacuated. */
    boolean isEvacuating();
}
