/** The commands, and what completes their words. Karaf makes one object for each call. */
package org.kemari.shell.internal.commands;
