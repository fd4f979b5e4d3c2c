/** Ring restoration: what a committed checkpoint still has to do, found in the guest's own rings. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.restoration;
