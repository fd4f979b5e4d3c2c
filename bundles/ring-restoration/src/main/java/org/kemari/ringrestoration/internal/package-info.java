/**
 * What a committed checkpoint still has to do, found in the guest's own rings.
 *
 * <p>The standby's RAM file is, between two checkpoints, exactly one committed image: with the list of requests in flight
 * that travels with it, the rings in it are the journal. At each commit the pending writes are executed from there onto
 * this host's copy of a mirrored disk; a request stays pending until the primary has completed it, so its number tells
 * what was done already. At takeover the same snapshot is compared with the image and handed to the tap, which executes
 * everything pending again, in order: the same writes in the same order give the same disk.
 */
package org.kemari.ringrestoration.internal;
