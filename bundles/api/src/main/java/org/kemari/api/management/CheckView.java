package org.kemari.api.management;

import java.beans.ConstructorProperties;
import org.kemari.api.health.Check;

/** A {@link Check} as a composite. */
public final class CheckView {
    private final String subject;
    private final String level;
    private final String reason;
    private final long sinceEpochMillis;

    @ConstructorProperties({"subject", "level", "reason", "sinceEpochMillis"})
    public CheckView(String subject, String level, String reason, long sinceEpochMillis) {
        this.subject = subject;
        this.level = level;
        this.reason = reason;
        this.sinceEpochMillis = sinceEpochMillis;
    }

    public static CheckView of(Check check) {
        return new CheckView(check.subject(), check.level().name(), check.reason(), check.sinceEpochMillis());
    }

    public String getSubject() {
        return subject;
    }

    public String getLevel() {
        return level;
    }

    public String getReason() {
        return reason;
    }

    public long getSinceEpochMillis() {
        return sinceEpochMillis;
    }
}
