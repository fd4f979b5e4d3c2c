/**
 * The primary's side. What it decides:
 *
 * <ul>
 *   <li>A pause copies into one buffer that is made at the beginning (bounded, {@code captureMebibytes}). If more pages
 *       are dirty than fit, the full buffer is sent and filled again while the guest stays paused: memory stays bounded,
 *       only that pause is long. In health a checkpoint is far smaller.
 *   <li>Nothing of a checkpoint is sent before the guest runs again, but for that case.
 *   <li>Repairs are asked for after the ring snapshot and read then: all writes that this checkpoint carries as pending
 *       are still held, so what is read is what the standby must have before it executes them.
 *   <li>The session never ends itself on a failed capture: the link stays open so that the conductor can say good-bye,
 *       which for a dead hypervisor is the quickest way to a takeover.
 *   <li>After a switchover the standby may still have the image that the guest was resumed from. Then only those pages
 *       travel that have changed since on either side: here, what the hypervisor has written in its life (it was tracked
 *       from its start, and the image before that is not its own writing) and what the tap has marked; there, what the
 *       standby says that it lacks. The tracking can be taken once: a session that begins to sync uses it up, whatever
 *       becomes of it.
 *   <li>A disk is copied as a whole only to a standby whose copy is empty. If the change logs of both hosts have the same
 *       base, what they name is sent; otherwise the copies are compared by digests. In a session the marks of what is equal
 *       and durable on both hosts are dropped every few seconds ({@link
 *       org.kemari.statetransfer.internal.outgoing.Settlement}).
 * </ul>
 */
package org.kemari.statetransfer.internal.outgoing;
