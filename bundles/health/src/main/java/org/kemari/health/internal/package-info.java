/**
 * Heartbeats. Each host dials every peer on the channel {@code health}, sends a beat every period and judges the peer by
 * the replies on that one link: there is one source of truth per direction, so a link that breaks and comes back is one
 * loss and one return, whatever happens to the link of the other direction.
 *
 * <p>A link that ends means lost at once: the kernel ends it when the process dies. A link that stays silent means lost
 * after the time-out, and is given up and dialled again, because a new connection gets through a healed network sooner
 * than the retransmissions of an old one. A host that is stopped in good order says so before it closes.
 *
 * <p>{@link org.kemari.health.internal.PeerDetector} is the judgement, without threads or clocks;
 * {@link org.kemari.health.internal.PeerWatch} gives it a link, {@link org.kemari.health.internal.BeatResponder} answers
 * the peers' beats, {@link org.kemari.health.internal.HealthService} runs them.
 */
package org.kemari.health.internal;
