package org.kemari.protection.internal;

import org.kemari.api.protection.DomainStatus;

/** Looks after one domain in one role. */
interface Controller {
    /** Safe from any thread; never blocks. */
    void post(Event event);

    /** Safe from any thread. */
    DomainStatus status();

    /** Kemari is going down: lets go of the guest without ending it where it can be adopted again. */
    void letGo();
}
