/**
 * Kemari for the health checks of Apache Felix: what the checks, the peers and the domains of this host say, as
 * {@code HealthCheck} services with the tag {@code kemari}. Nothing else needs this bundle, and it is the only one that
 * needs the API of Felix.
 */
package org.kemari.healthchecks.internal;
