/** Connections between hosts. Everything two hosts say to each other goes over a {@link org.kemari.api.link.Link}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.link;
