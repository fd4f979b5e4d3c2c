package org.kemari.itests.endurance;

/** When it happens. */
enum Moment {
    IDLE("idle"),
    LOADED("under load"),
    SYNC("during a full sync"),
    CHECKPOINT("during a checkpoint"),
    TAKEOVER("during a takeover");

    final String words;

    Moment(String words) {
        this.words = words;
    }

    /** Whether the guest may come to its end: nobody else has, or still has, what it would take to go on. */
    boolean mayEnd(Failure failure) {
        return switch (this) {
            case IDLE, LOADED, CHECKPOINT -> false;
            case SYNC -> failure == Failure.PRIMARY_HYPERVISOR || failure == Failure.PRIMARY_HOST;
            case TAKEOVER -> failure.killsStandby();
        };
    }
}
