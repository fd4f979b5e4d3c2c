/**
 * The standby's side. What it decides:
 *
 * <ul>
 *   <li>Until the first checkpoint the image is worth nothing, so the live sync is written to it at once. From then on
 *       only whole, verified checkpoints touch it, one after another and each to its end.
 *   <li>A checkpoint is committed when the queue has taken it under its lock, before the acknowledgement is sent. Whoever
 *       seals the session takes the same lock: a checkpoint is either in the image that is returned, or was never
 *       acknowledged.
 *   <li>Staging is one pool per session (bounded, {@code stagingMebibytes}), shared by the checkpoint that comes in, one
 *       that waits and one that is applied. When it is used up the receiving thread waits, and the primary with it; only
 *       a single checkpoint larger than the whole pool ends the session. The primary is told the bound beforehand.
 *   <li>A memory that was kept after a switchover is the beginning of an image only if it is proven which pages it lacks;
 *       otherwise it is made all zero and all of it is sent. The note that says so is removed before anything is written.
 * </ul>
 */
package org.kemari.statetransfer.internal.incoming;
