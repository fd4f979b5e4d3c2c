/** Requests and configuration of virtio block devices (virtio 1.2, section 5.2). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.virtio.block;
