/** Test guests: their image and disks, what can be asked of them, and clients that keep account of what they were told. */
package org.kemari.itests.guest;
