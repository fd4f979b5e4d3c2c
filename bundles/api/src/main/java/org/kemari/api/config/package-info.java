/** The configuration of one host: its settings and the domain definitions it knows, as immutable snapshots. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.config;
