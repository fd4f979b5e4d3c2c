/**
 * The MXBean interfaces that consoles see. Object names are {@code org.kemari:type=Host},
 * {@code org.kemari:type=Domain,name=…}, {@code org.kemari:type=EventTap,domain=…,device=…},
 * {@code org.kemari:type=StateTransfer,domain=…}, {@code org.kemari:type=RingRestoration,domain=…},
 * {@code org.kemari:type=HealthMonitor,peer=…}, {@code org.kemari:type=Arbiter} and
 * {@code org.kemari:type=Thresholds}. Latencies are in microseconds, sizes
 * in bytes, times of day in milliseconds since 1970; counters only grow. What is told without being asked is listed in
 * {@link org.kemari.api.management.NotificationTypes}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.management;
