package org.kemari.api.transfer;

/** Lets domains in on a standby. Offered as a service by the conductor, used by state transfer. */
public interface StandbyGate {
    /**
     * Decides on an offer, and makes all ready for it: when this returns, the RAM file is there and its hypervisor no
     * longer touches it. May block for seconds.
     *
     * @param offer what the primary asks for
     * @param session the receiving end, for figures and for ending it
     * @throws RefusedException with the reason that is sent to the primary
     */
    StandbySlot open(StandbyOffer offer, IncomingSession session) throws RefusedException;
}
