/**
 * The page to look at. It has no rules of its own about who may do what: users come from Karaf's JAAS realm, and whatever
 * they read or do goes through Karaf's guard of MBeans, with the rules for JMX ({@code etc/jmx.acl.*}). Jolokia, which could
 * have served the page as well, does not ask that guard: whoever it lets in may do everything.
 *
 * <p>What comes in is believed to be hostile, and so is the text that goes out: it is sent as JSON, and the page shows it as
 * text and never as HTML.
 */
package org.kemari.page.internal;
