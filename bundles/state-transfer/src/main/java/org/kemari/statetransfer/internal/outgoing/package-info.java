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
 * </ul>
 */
package org.kemari.statetransfer.internal.outgoing;
