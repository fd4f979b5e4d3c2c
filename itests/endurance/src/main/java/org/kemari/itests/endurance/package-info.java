/** Failures of all kinds at all moments, and many of them in a row, with real hosts and a real guest. */
package org.kemari.itests.endurance;
