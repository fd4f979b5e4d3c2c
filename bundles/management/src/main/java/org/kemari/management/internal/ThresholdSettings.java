package org.kemari.management.internal;

import java.util.Dictionary;
import java.util.Map;

/**
 * When to warn; a limit of 0 is none.
 *
 * @param pauseP99LimitMillis 99th percentile of a session's pauses, 0 to 600000 ms
 * @param holdP99LimitMillis 99th percentile of the time for which a device's outputs are held, 0 to 600000 ms
 * @param unprotectedLimitSeconds time without protection, 0 to 86400 s
 * @param hysteresisPercent how far below its limit a figure must be for a warning to end, 0 to 90 percent
 */
record ThresholdSettings(
        int pauseP99LimitMillis, int holdP99LimitMillis, int unprotectedLimitSeconds, int hysteresisPercent) {
    static final int PAUSE_MILLIS = 500;
    static final int HOLD_MILLIS = 2000;
    static final int UNPROTECTED_SECONDS = 300;
    static final int HYSTERESIS_PERCENT = 10;
    static final ThresholdSettings DEFAULT =
            new ThresholdSettings(PAUSE_MILLIS, HOLD_MILLIS, UNPROTECTED_SECONDS, HYSTERESIS_PERCENT);

    private static final int LONGEST_MILLIS = 600_000;
    private static final int LONGEST_SECONDS = 86_400;
    private static final int MOST_PERCENT = 90;

    /** @throws IllegalArgumentException if one is out of range; the message says which, and what is expected */
    ThresholdSettings {
        check("pauseP99LimitMillis", pauseP99LimitMillis, LONGEST_MILLIS);
        check("holdP99LimitMillis", holdP99LimitMillis, LONGEST_MILLIS);
        check("unprotectedLimitSeconds", unprotectedLimitSeconds, LONGEST_SECONDS);
        check("hysteresisPercent", hysteresisPercent, MOST_PERCENT);
    }

    /**
     * Those of a configuration; what is left out has its default.
     *
     * @throws IllegalArgumentException if one is not a number or out of range; the message begins with its key
     */
    static ThresholdSettings of(Map<String, Object> properties) {
        return new ThresholdSettings(
                number(properties, "pauseP99LimitMillis", PAUSE_MILLIS),
                number(properties, "holdP99LimitMillis", HOLD_MILLIS),
                number(properties, "unprotectedLimitSeconds", UNPROTECTED_SECONDS),
                number(properties, "hysteresisPercent", HYSTERESIS_PERCENT));
    }

    private static int number(Map<String, Object> properties, String key, int otherwise) {
        String text = String.valueOf(properties.getOrDefault(key, "")).strip();
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is '" + text + "'; expected a whole number");
        }
    }

    private static void check(String key, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(key + " is " + value + "; expected 0 to " + most);
        }
    }

    ThresholdSettings withPauseP99LimitMillis(int millis) {
        return new ThresholdSettings(millis, holdP99LimitMillis, unprotectedLimitSeconds, hysteresisPercent);
    }

    ThresholdSettings withHoldP99LimitMillis(int millis) {
        return new ThresholdSettings(pauseP99LimitMillis, millis, unprotectedLimitSeconds, hysteresisPercent);
    }

    ThresholdSettings withUnprotectedLimitSeconds(int seconds) {
        return new ThresholdSettings(pauseP99LimitMillis, holdP99LimitMillis, seconds, hysteresisPercent);
    }

    ThresholdSettings withHysteresisPercent(int percent) {
        return new ThresholdSettings(pauseP99LimitMillis, holdP99LimitMillis, unprotectedLimitSeconds, percent);
    }

    /** Puts them into the properties of a configuration, as text: a file that they are written back to stays plain. */
    void putInto(Dictionary<String, Object> properties) {
        properties.put("pauseP99LimitMillis", Integer.toString(pauseP99LimitMillis));
        properties.put("holdP99LimitMillis", Integer.toString(holdP99LimitMillis));
        properties.put("unprotectedLimitSeconds", Integer.toString(unprotectedLimitSeconds));
        properties.put("hysteresisPercent", Integer.toString(hysteresisPercent));
    }
}
