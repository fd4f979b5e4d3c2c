/** State transfer: full sync, checkpoints, commit and apply. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.transfer;
