/** The third party that keeps one ownership record per domain. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.arbiter;
