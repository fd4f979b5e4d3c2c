/**
 * What two hosts say to each other about one domain.
 *
 * <p>A session is one link. Each direction is a sequence of frames: a header of {@link FrameHeader#BYTES} bytes (see
 * there) and a payload of at most {@link FrameHeader#MAX_PAYLOAD} bytes, all integers little-endian, with a CRC-32C over
 * both. Frames are numbered from 0 in each direction and carry the number of the session: a frame that is missing,
 * repeated, damaged or from another session ends the link.
 *
 * <pre>
 *   primary                                            standby
 *   HELLO identity, generation, what its  ─────────►   asks the gate; makes the image all zero, unless it still holds the
 *     memory and disks are relative to                 checkpoint that the primary was resumed from
 *                                         ◄─────────   ACCEPT a plan for each disk | REFUSE reason
 *                                         ◄─────────   LACKING pages; DISK_CHANGES of disks with plan DELTA
 *   DISK_DIGESTS                          ─────────►   of disks with plan COMPARE; several under way
 *                                         ◄─────────   DISK_DIFFERS, in the same order
 *   PAGES, DISK, DISK_ZERO                ─────────►   written to the image and the disks at once (it is worth nothing yet)
 *   ROUND …  ROUND last                   ─────────►
 *                                         ◄─────────   SYNCED, when all of that is done
 *   CHECKPOINT_BEGIN e                    ─────────►   from here on nothing but checkpoints changes the image
 *     PAGES, DISK, DISK_ZERO, DISK_FLUSH,              staged
 *     DEVICE_STATE, RINGS, DELIVERED, HELD;
 *     PAGE_DELTAS, STATE_DELTA
 *   CHECKPOINT_END counts, digest         ─────────►   verified; then it is committed
 *                                         ◄─────────   COMMITTED e
 *   RECEIVED frames of a NIC              ─────────►   any time from the first checkpoint on: kept until a checkpoint is
 *                                                      committed whose DELIVERED says that its guest has them
 *   JOINED record                                      between checkpoints
 *   SETTLE e                              ─────────►   between checkpoints: flushes its disks when e is applied
 *                                         ◄─────────   SETTLED e, any time
 *   SETTLED e                             ─────────►   between checkpoints, when the primary's are flushed, too; then both
 *                                                      drop the marks of their change logs that e and earlier ones made
 *   FAREWELL, ERROR                                    any time
 *                                         ◄─────────   ERROR reason, any time
 * </pre>
 *
 * <p>The version in the header covers all of this. What one side may use only if the other knows it is announced by
 * capability bits in HELLO and ACCEPT, see {@link Capabilities}. What a disk that runs ahead has done since the checkpoint before
 * travels between CHECKPOINT_BEGIN and CHECKPOINT_END as DISK, DISK_ZERO and DISK_FLUSH, in the order in which it was done; so
 * do repairs, after that. The standby does it before it executes what is pending in RINGS.
 *
 * <p>Where both sides know LZ4, a frame from the primary may be compressed after the handshake; see {@link FrameHeader}. Its
 * CRC is that of what is on the link. What it makes when it is unpacked has the size that it announces, which is bounded like
 * that of any frame, or the link ends.
 *
 * <p>A delta says what has changed since the last frame for the same page, or since the device state of the checkpoint
 * before. It is staged as it came and carried out when the checkpoint is applied, in the order of the frames: what it
 * is relative to is then there, however many checkpoints are under way. It also has the CRC of the result: an image that is
 * not what the primary believes it to be counts as lost, instead of being wrong. Nothing that a primary knows of the
 * standby's image outlives a session.
 */
package org.kemari.statetransfer.internal.wire;
