package org.kemari.itests.model;

/** What the model asserts, by the names that it has there. */
enum Property {
    ONE_OWNER("one_owner()", "two hosts let outputs out"),
    NOTHING_LOST("nothing_lost()", "the owner does not know an output that was executed"),
    WHOLE_IMAGE("whole_image()", "a torn image is taken over from"),
    MEMORY_LOST("memory_lost()", "the guest is lost without a crash"),
    OUTPUT_COMMIT("rule(", "an output is let out that neither is committed nor needs to be"),
    SETTLED("settled()", "nobody runs although all faults are over"),
    WITNESSED("WITNESS", "a takeover from a host that has itself taken over");

    private final String inModel;
    private final String text;

    Property(String inModel, String text) {
        this.inModel = inModel;
        this.text = text;
    }

    String text() {
        return text;
    }

    /** Whether this is the property that the line of the model asserts. */
    boolean isIn(String line) {
        return line.contains(inModel);
    }
}
