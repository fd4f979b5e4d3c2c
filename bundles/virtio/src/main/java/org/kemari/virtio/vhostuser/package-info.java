/**
 * The vhost-user protocol (QEMU, docs/interop/vhost-user), back-end's side: one type for each message, checked before
 * anybody sees it. The front-end is a hypervisor that a guest may have got hold of, so no length, count or index of it is
 * believed: whatever does not fit is a {@link org.kemari.virtio.vhostuser.VhostUserException}, after which the connection
 * is of no use any more.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.virtio.vhostuser;
