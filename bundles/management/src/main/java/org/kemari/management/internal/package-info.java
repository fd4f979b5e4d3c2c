/**
 * Kemari for JMX consoles. The MBeans are services with the property {@code jmx.objectname}; the whiteboard of Aries
 * registers them with the platform's MBean server.
 *
 * <p>{@link org.kemari.management.internal.DescribedMBean} is the one kind of MBean: it makes an MXBean of a plain bean,
 * takes descriptions from annotations and lets out nothing but JDK classes.
 * {@link org.kemari.management.internal.Inventory} keeps the set of MBeans in step with what there is;
 * {@link org.kemari.management.internal.Announcer} tells what has changed;
 * {@link org.kemari.management.internal.Histories} remembers it; {@link org.kemari.management.internal.Violations} holds
 * figures against the limits that an operator has set.
 */
package org.kemari.management.internal;
