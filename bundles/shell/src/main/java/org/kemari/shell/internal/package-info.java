/**
 * The commands of scope {@code kemari} for Karaf's shell. What they need is behind {@link
 * org.kemari.shell.internal.Kemari}; {@code view} turns what the services say into text and knows nothing of Karaf;
 * {@code commands} are the commands themselves.
 *
 * <p>The services of Kemari may come and go while the commands stay: a command whose service is missing says so and says
 * where to look, which is more help than a command that is unknown.
 */
package org.kemari.shell.internal;
