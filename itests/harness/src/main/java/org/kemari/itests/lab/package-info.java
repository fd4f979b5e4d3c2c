/**
 * A laboratory: hosts that are network namespaces on one switch, each with a Karaf of its own, watched and driven over
 * JMX only. Everything lives in the process, network and mount namespaces that {@code itests/lab/bin/java} makes, so that
 * nothing can be left behind.
 */
package org.kemari.itests.lab;
