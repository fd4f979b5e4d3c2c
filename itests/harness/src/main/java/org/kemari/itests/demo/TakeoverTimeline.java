package org.kemari.itests.demo;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.management.TakeoverView;

/**
 * What happened between the kill and the first reply.
 *
 * @param steps in their order; the first begins at the kill
 * @param repliesMillis when the client had replies, before and after
 * @param silenceMillis longest time without a reply around the kill
 */
record TakeoverTimeline(List<Step> steps, List<Double> repliesMillis, double silenceMillis) {
    /**
     * A step.
     *
     * @param name what it is, for people
     * @param atMillis when it was done, milliseconds after the kill
     */
    record Step(String name, double atMillis) {}

    /**
     * Puts together what the surviving host and the client measured.
     *
     * @param view the host's report
     * @param killEpochMicros wall clock of the kill
     * @param repliesMillis when the client had replies, milliseconds after the kill
     */
    static TakeoverTimeline of(TakeoverView view, long killEpochMicros, List<Double> repliesMillis) {
        // the host tells the moment of detection in whole milliseconds
        double detected = Math.max(0, view.getDetectedEpochMillis() - killEpochMicros / 1000.0);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step("east is killed", 0));
        steps.add(new Step("west notices", detected));
        steps.add(new Step("the arbiter says yes", detected + view.getDecidedMicros() / 1000.0));
        steps.add(new Step("the image is the last commit", detected + view.getSealedMicros() / 1000.0));
        steps.add(new Step("the rings are restored", detected + view.getRestoredMicros() / 1000.0));
        steps.add(new Step("the device state is loaded", detected + view.getLoadedMicros() / 1000.0));
        steps.add(new Step("the guest runs", detected + view.getResumedMicros() / 1000.0));
        steps.add(new Step("the network is told", detected + view.getAnnouncedMicros() / 1000.0));
        double resumed = detected + view.getResumedMicros() / 1000.0;
        repliesMillis.stream()
                .filter(at -> at >= resumed)
                .findFirst()
                .ifPresent(at -> steps.add(new Step("the client has its first reply", at)));
        return new TakeoverTimeline(List.copyOf(steps), List.copyOf(repliesMillis), silence(repliesMillis));
    }

    private static double silence(List<Double> replies) {
        double longest = 0;
        for (int i = 1; i < replies.size(); i++) {
            if (replies.get(i) >= 0) {
                longest = Math.max(longest, replies.get(i) - replies.get(i - 1));
            }
        }
        return longest;
    }
}
