package org.kemari.management.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the management, PID {@value #PID}. Changes are in force at once. */
@ObjectClassDefinition(name = "Kemari management", description = "When a host warns")
public @interface ThresholdConfig {
    String PID = "org.kemari.management";

    @AttributeDefinition(
            name = "Limit of pauses, ms",
            description =
                    "Warns when the 99th percentile of a guest's pauses of late is longer, 0 to 600000 ms; 0: never",
            min = "0",
            max = "600000")
    int pauseP99LimitMillis() default ThresholdSettings.PAUSE_MILLIS;

    @AttributeDefinition(
            name = "Limit of holding outputs, ms",
            description =
                    "Warns when the 99th percentile of the time for which a device's outputs were held of late is longer,"
                            + " 0 to 600000 ms; 0: never",
            min = "0",
            max = "600000")
    int holdP99LimitMillis() default ThresholdSettings.HOLD_MILLIS;

    @AttributeDefinition(
            name = "Limit of running without protection, s",
            description = "Warns when a guest whose definition lists standbys runs without protection for longer, 0 to"
                    + " 86400 s; 0: never",
            min = "0",
            max = "86400")
    int unprotectedLimitSeconds() default ThresholdSettings.UNPROTECTED_SECONDS;

    @AttributeDefinition(
            name = "Hysteresis, percent",
            description = "A warning ends when the figure is this much below its limit, 0 to 90 percent",
            min = "0",
            max = "90")
    int hysteresisPercent() default ThresholdSettings.HYSTERESIS_PERCENT;
}
