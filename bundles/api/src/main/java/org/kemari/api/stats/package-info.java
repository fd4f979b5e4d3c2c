/** Figures: latency summaries, and what native memory is used for. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.stats;
