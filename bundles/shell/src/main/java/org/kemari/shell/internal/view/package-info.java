/** Text for people: quantities, progress, tables. Plain Java. */
package org.kemari.shell.internal.view;
