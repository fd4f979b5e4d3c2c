package org.kemari.itests.model;

import java.util.List;

/**
 * Ways to break the protocol, the property that falls, and the least that has to happen for it: bounds below these hide
 * it. The explanations are in the model.
 */
enum Variant {
    RELEASE_BEFORE_COMMIT(Property.NOTHING_LOST, 1, 0, 0),
    TAKEOVER_WITHOUT_CAS(Property.ONE_OWNER, 1, 0, 0),
    START_WITHOUT_CAS(Property.ONE_OWNER, 1, 1, 0),
    PARTIAL_CHECKPOINT(Property.WHOLE_IMAGE, 1, 0, 0),
    UNKNOWN_AS_WON(Property.NOTHING_LOST, 1, 0, 1),
    UNKNOWN_AS_LOST(Property.ONE_OWNER, 1, 0, 1),
    DECIDE_ON_READ(Property.ONE_OWNER, 1, 0, 1),
    DROP_IN_SAME_GENERATION(Property.ONE_OWNER, 1, 0, 1),
    STALE_PROOF(Property.ONE_OWNER, 1, 0, 0),
    OLD_ACKNOWLEDGEMENT(Property.NOTHING_LOST, 2, 0, 0),
    OLD_IMAGE(Property.NOTHING_LOST, 2, 0, 0),
    HOLD_AFTER_CHECKPOINT(Property.NOTHING_LOST, 1, 0, 0),
    SWITCHOVER_RELEASES(Property.NOTHING_LOST, 1, 0, 0),
    ASK_ONCE(Property.SETTLED, 1, 0, 1),
    STANDBY_GIVES_UP(Property.SETTLED, 1, 1, 0),
    /** Not broken: shows that the search gets there and back. */
    WITNESS(Property.WITNESSED, 2, 0, 0);

    private final Property falls;
    private final Bounds bounds;

    Variant(Property falls, int sessions, int crashes, int unknowns) {
        this.falls = falls;
        this.bounds = new Bounds(3, sessions, crashes, unknowns);
    }

    Property falls() {
        return falls;
    }

    Bounds bounds() {
        return bounds;
    }

    /** What is to be defined besides the variant: only the consequences count, not what a primary sees to itself. */
    List<String> flags() {
        String name = "-D" + name();
        return falls == Property.SETTLED ? List.of(name, "-DCONSEQUENCES", "-DCALM") : List.of(name, "-DCONSEQUENCES");
    }

    /** Breadth first finds the shortest counterexample, but knows nothing of the state in which nothing is left to do. */
    boolean breadthFirst() {
        return falls != Property.SETTLED;
    }
}
