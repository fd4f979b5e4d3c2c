/**
 * Whole groups of hosts in virtual time: what goes wrong in years, in minutes, and again from a seed.
 *
 * <p>One schedule is one {@link org.kemari.simulation.World} on one thread: an {@link org.kemari.simulation.Agenda} is the
 * clock, {@link org.kemari.simulation.Dice} are all chance. {@link org.kemari.simulation.Faults} crash, pause, cut and
 * break; then all is repaired, and within bounded time the domain has to run once and be protected again.
 *
 * <p>What is Kemari's own: both state machines with everything they decide by (claims, pacing, redundancy, admission,
 * startup), the detector, and the frames of every byte that two hosts say to each other. The bridges to them are in the same
 * packages, {@code Simulated…}. What is made for this purpose: the threads and the I/O around them, which keep the contracts
 * of the API: a tap that holds and releases, a session that stages and commits, disks with change logs, an arbiter whose
 * answers get lost and whose changes land late; or, with engine {@code manual}, one record for each host and an operator.
 *
 * <p>A guest is the tree of what it has produced ({@link org.kemari.simulation.History}) and three real pages of memory
 * with a ring in them, so that an image can be compared byte by byte. {@link org.kemari.simulation.Outside} sees what
 * leaves and what is on each disk, and judges after every step:
 *
 * <ol>
 *   <li>output commit: whoever executes is the owner without a standby, or the standby has committed it in that session;
 *   <li>one owner: what has been executed is one line of history, known to every guest that is resumed; what an old primary
 *       still lets out late is committed, so the new one knows it, too;
 *   <li>atomic image: an image is one committed checkpoint, byte by byte;
 *   <li>replay: a standby executes what is committed and nothing else, a request is completed once and in the end always,
 *       and what was acknowledged is on the disk of whoever runs.
 * </ol>
 *
 * <p>The promise is for one failure at a time. When the host that takes over fails before it has finished, both have
 * failed: then nothing may boot there by itself, and what an operator decides is counted as a double failure.
 *
 * <p>{@link org.kemari.simulation.Variant} are the mistakes that this has to notice.
 */
package org.kemari.simulation;
