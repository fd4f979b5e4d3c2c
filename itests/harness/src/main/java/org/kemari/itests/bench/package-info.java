/** Measurements. */
package org.kemari.itests.bench;
