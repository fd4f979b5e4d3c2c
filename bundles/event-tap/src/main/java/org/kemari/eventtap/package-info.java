/** {@code kemari tap}: the block backend as a command of its own. */
package org.kemari.eventtap;
