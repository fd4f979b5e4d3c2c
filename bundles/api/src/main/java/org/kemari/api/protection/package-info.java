/** The conductor: what a host does with its domains, and what it has to say about them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.protection;
