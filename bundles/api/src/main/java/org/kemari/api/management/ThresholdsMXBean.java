package org.kemari.api.management;

import java.util.List;

/**
 * When this host warns. A value that is set is in force at once, and kept in the settings of PID
 * {@code org.kemari.management}. Each limit that is exceeded, and each that is kept again, is told by a notification.
 */
@Description("When this host warns; limits that are set here are kept in the settings of PID org.kemari.management")
public interface ThresholdsMXBean {
    @Description(
            value = "Warns when of the pauses of a guest, since its session began, more than one in a hundred is longer"
                    + " than this, 0 to 600000; 0: never",
            unit = "milliseconds")
    int getPauseP99LimitMillis();

    void setPauseP99LimitMillis(int millis);

    @Description(
            value =
                    "Warns when of the outputs of a device, since its tap was opened, more than one in a hundred was held"
                            + " for longer than this, 0 to 600000; 0: never",
            unit = "milliseconds")
    int getHoldP99LimitMillis();

    void setHoldP99LimitMillis(int millis);

    @Description(
            value =
                    "Warns when a guest whose definition lists standbys runs here without protection for longer than this,"
                            + " 0 to 86400; 0: never",
            unit = "seconds")
    int getUnprotectedLimitSeconds();

    void setUnprotectedLimitSeconds(int seconds);

    @Description(
            value =
                    "A warning ends when the figure is this much below its limit, 0 to 90, so that one that is near it does"
                            + " not come and go",
            unit = "percent")
    int getHysteresisPercent();

    void setHysteresisPercent(int percent);

    @Description("The limits that are exceeded at present: what, by how much, since when")
    List<ViolationView> getViolations();
}
