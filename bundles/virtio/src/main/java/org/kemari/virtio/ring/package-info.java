/**
 * Split virtqueues (virtio 1.2, section 2.7) seen from the device's side.
 *
 * <p>Whatever lies in guest memory is hostile: each index, address and length is read once, into the device's own memory,
 * and checked before it is used. A fault in a ring is a {@link org.kemari.virtio.ring.RingException}; the device is then
 * out of order until the guest resets it. Nothing here allocates in the steady state, and nothing is synchronised: one
 * thread at a time works on a ring.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.virtio.ring;
