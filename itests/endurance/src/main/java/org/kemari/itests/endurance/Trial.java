package org.kemari.itests.endurance;

import java.util.List;
import java.util.Optional;

/**
 * What came of one failure.
 *
 * @param what the failure
 * @param when the moment
 * @param outcome what became of the guest, for people
 * @param takeover milliseconds from the failure to detection, decision and the running guest, if it was taken over
 * @param silenceMillis the longest time for which the client waited for an answer; -1 if it was not answered
 * @param protectedMillis from the failure until the guest was protected (again); -1 if that was not reached
 * @param faults what ought not to have been; empty is the only good answer
 */
record Trial(
        String what,
        String when,
        String outcome,
        Optional<Takeover> takeover,
        long silenceMillis,
        long protectedMillis,
        List<String> faults) {
    /** Milliseconds after the failure. */
    record Takeover(long detected, double decided, double running) {}

    boolean isGood() {
        return faults.isEmpty();
    }

    @Override
    public String toString() {
        return what + ", " + when + ": " + outcome
                + takeover.map(t -> ", noticed after %d, decided after %.0f, running after %.0f ms"
                                .formatted(t.detected(), t.decided(), t.running()))
                        .orElse("")
                + (silenceMillis < 0 ? "" : ", longest wait " + silenceMillis + " ms")
                + (protectedMillis < 0 ? "" : ", protected after " + protectedMillis + " ms")
                + (faults.isEmpty() ? "" : "; FAULTS: " + String.join("; ", faults));
    }
}
