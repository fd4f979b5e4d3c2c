/**
 * Measurements of Kemari as a whole, with real hosts and real guests. What is compared is measured in the same run, turn
 * about, so that a slow minute of the machine hits both sides.
 */
package org.kemari.itests.bench;
