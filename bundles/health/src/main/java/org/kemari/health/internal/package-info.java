/**
 * Heartbeats. Each host dials every peer on the channel {@code health}, over each of its addresses, sends a beat every
 * period on each of these links and judges the peer by the replies on them: there is one source of truth per direction, so
 * a link that breaks and comes back is one loss and one return, whatever happens to the links of the other direction.
 *
 * <p>A peer is alive while it is by any path. A link that ends means that path is lost at once: the kernel ends it when the
 * process dies, and all the others in the same moment. A link that stays silent means lost as soon as the silence is
 * surprising, given the intervals between replies so far ({@link org.kemari.health.internal.Arrivals}), and at the silence
 * time-out at the latest; it is given up and dialled again, because a new connection gets through a healed network sooner
 * than the retransmissions of an old one. Silence that is our own, because this process did not run, does not count. A
 * host that is stopped in good order says so before it closes.
 *
 * <p>{@link org.kemari.health.internal.PeerDetector} is the judgement, made of one
 * {@link org.kemari.health.internal.PathDetector} for each path, without threads or clocks;
 * {@link org.kemari.health.internal.PeerWatch} gives it links, one {@link org.kemari.health.internal.PathWatch} each;
 * {@link org.kemari.health.internal.BeatResponder} answers the peers' beats,
 * {@link org.kemari.health.internal.HealthService} runs them.
 */
package org.kemari.health.internal;
