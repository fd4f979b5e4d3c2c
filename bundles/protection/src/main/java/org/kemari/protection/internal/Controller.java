package org.kemari.protection.internal;

import org.kemari.api.protection.DomainStatus;

/** Looks after one domain in one role. */
interface Controller {
    /** Safe from any thread; never blocks. */
    void post(Event event);

    /** Safe from any thread. */
    DomainStatus status();

    /** Whether the domain has ended here because an operator or its guest wanted that. */
    default boolean endedByWill() {
        return false;
    }

    /**
     * This controller is to be exchanged while the guest goes on: {@link #letGo} follows, and waits a little for what this
     * brings about. Never blocks.
     *
     * @param tapGoes nobody serves the guest's devices until it is adopted: it had better stand still meanwhile
     */
    default void prepareToLeave(boolean tapGoes) {}

    /** Waits a little for what {@link #prepareToLeave} brings about. */
    default void awaitLeft() {}

    /** Kemari is going down: lets go of the guest without ending it where it can be adopted again. */
    void letGo();
}
