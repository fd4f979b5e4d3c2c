/** What a backend needs to know of virtio network devices (virtio 1.2, section 5.1). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.virtio.net;
