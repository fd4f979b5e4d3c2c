package org.kemari.api.management;

import java.beans.ConstructorProperties;

/** A limit that is exceeded, as a composite. */
public final class ViolationView {
    private final String subject;
    private final String quantity;
    private final long valueMillis;
    private final long limitMillis;
    private final long sinceEpochMillis;

    /**
     * @param subject whose figure it is, for instance {@code domain web: disk0}
     * @param quantity {@code pauseP99}, {@code holdP99} or {@code unprotected}
     */
    @ConstructorProperties({"subject", "quantity", "valueMillis", "limitMillis", "sinceEpochMillis"})
    public ViolationView(String subject, String quantity, long valueMillis, long limitMillis, long sinceEpochMillis) {
        this.subject = subject;
        this.quantity = quantity;
        this.valueMillis = valueMillis;
        this.limitMillis = limitMillis;
        this.sinceEpochMillis = sinceEpochMillis;
    }

    public String getSubject() {
        return subject;
    }

    public String getQuantity() {
        return quantity;
    }

    public long getValueMillis() {
        return valueMillis;
    }

    public long getLimitMillis() {
        return limitMillis;
    }

    public long getSinceEpochMillis() {
        return sinceEpochMillis;
    }
}
