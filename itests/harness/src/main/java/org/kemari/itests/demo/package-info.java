/** The demonstration: a real guest survives the death of its host. */
package org.kemari.itests.demo;
