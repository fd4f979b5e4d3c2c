package org.kemari.statetransfer.internal.outgoing;

import org.kemari.statetransfer.internal.wire.DiskPlan;

/**
 * What a standby has said about one disk.
 *
 * @param plan how its copy is brought up to date
 * @param changes {@link DiskPlan#DELTA}: what it has received since the base, one bit per extent
 */
record DiskAgreement(DiskPlan plan, long... changes) {
    static final DiskAgreement COPY = new DiskAgreement(DiskPlan.COPY);
}
