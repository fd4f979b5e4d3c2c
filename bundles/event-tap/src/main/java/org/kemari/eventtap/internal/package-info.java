/**
 * The event tap: vhost-user back ends that hold a guest's outputs until the checkpoint that contains them is committed.
 *
 * <h2>One device</h2>
 *
 * <pre>
 * DeviceServer ── connects, and reads what the hypervisor says        thread kemari-vhost-DOMAIN-DEVICE
 *   ProtocolSession → FrontEndPort → RingLifecycle                     starts, pauses, stops, restores rings
 * TappedDevice ── the lock, holding, checkpoints                       called by the domain's conductor
 *   BlockDevice: RequestFlow, WriteOrder, Disk                         threads kemari-rings-DOMAIN-DEVICE,
 *                                                                      kemari-disk-DOMAIN-DEVICE-n
 *     RunAhead: WriteJournal, RegionKeeper                             thread kemari-regions-DOMAIN-DEVICE
 *   NetDevice: NetTransmitter, HeldFrames, NetReceiver, Nic            thread kemari-rings-DOMAIN-DEVICE
 * </pre>
 *
 * <p>One lock per device guards it all, and nothing that can block is done under it. The hypervisor waits for most answers
 * with its own global lock held, so what its connection's thread waits for is bounded.
 *
 * <h2>Decisions</h2>
 *
 * <ul>
 *   <li><b>Requests complete out of order.</b> Reads overtake held writes; only what overlaps stays in order. When the
 *       rings stop for a checkpoint everything available is taken from them first, the answer is the index up to which it
 *       was taken, and the ordered list of what is in flight travels with the checkpoint.
 *   <li><b>A stop that was not announced is a reset</b>: what is in flight is dropped at once and never shipped, after what
 *       is being executed has ended, for the guest will use its memory for something else. Writes that are dropped but had
 *       been shipped become {@link org.kemari.eventtap.internal.Repairs repairs}. If it was no reset, or the connection was
 *       lost, the in-flight record that the front end keeps brings the requests back as new ones.
 *   <li><b>Nothing works on guest memory in a pause</b>: a request that waits for its thread waits on, one that is being
 *       executed is waited for, for a bounded time. What ends in spite of that is completed after the restart.
 *   <li><b>Memory is mapped once.</b> The table that comes with each restart describes the same file.
 *   <li><b>Transmitted frames are copied when held</b>, and the guest has its buffers back at once: its TCP would stall.
 *       The copies survive a reset: they have left the guest.
 *   <li><b>Received frames are copied for the standby</b> ({@link org.kemari.eventtap.internal.ReceivedFrames}) into bounded
 *       memory, and somebody else sends them: the worker waits for nobody. After a takeover the frames that the lost host had
 *       given to its guest since the checkpoint come before those from the TAP device.
 *   <li><b>What is taken is marked</b> in the change logs of a mirrored disk ({@link org.kemari.linux.ChangeLog}), before it
 *       can be executed anywhere. That a disk goes its own way is noted durably before it does; nothing but the disk waits
 *       for that, not the takeover and not a packet. Nor does anything run ahead where the change log does not name its
 *       region durably ({@link org.kemari.linux.ActiveRegions}); only what touches such a region waits for that.
 *   <li><b>A request that the disk fails can be kept</b>: it stays in flight, and with it what overlaps it, for the host
 *       that takes over to execute. Nobody waits for it to end.
 * </ul>
 */
package org.kemari.eventtap.internal;
