/** Disks that a guest's firmware boots. */
package org.kemari.itests.firmware;
