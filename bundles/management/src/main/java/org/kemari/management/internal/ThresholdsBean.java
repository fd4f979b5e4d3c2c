package org.kemari.management.internal;

import java.io.IOException;
import java.util.List;
import org.kemari.api.management.ThresholdsMXBean;
import org.kemari.api.management.ViolationView;

/** When this host warns. */
final class ThresholdsBean implements ThresholdsMXBean {
    private final ThresholdStore store;
    private final Violations violations;

    ThresholdsBean(ThresholdStore store, Violations violations) {
        this.store = store;
        this.violations = violations;
    }

    private void change(ThresholdSettings settings) {
        try {
            store.change(settings);
        } catch (IOException e) {
            throw new IllegalStateException("nothing has been changed, it cannot be kept: " + e.getMessage(), e);
        }
    }

    @Override
    public int getPauseP99LimitMillis() {
        return store.settings().pauseP99LimitMillis();
    }

    @Override
    public void setPauseP99LimitMillis(int millis) {
        change(store.settings().withPauseP99LimitMillis(millis));
    }

    @Override
    public int getHoldP99LimitMillis() {
        return store.settings().holdP99LimitMillis();
    }

    @Override
    public void setHoldP99LimitMillis(int millis) {
        change(store.settings().withHoldP99LimitMillis(millis));
    }

    @Override
    public int getUnprotectedLimitSeconds() {
        return store.settings().unprotectedLimitSeconds();
    }

    @Override
    public void setUnprotectedLimitSeconds(int seconds) {
        change(store.settings().withUnprotectedLimitSeconds(seconds));
    }

    @Override
    public int getHysteresisPercent() {
        return store.settings().hysteresisPercent();
    }

    @Override
    public void setHysteresisPercent(int percent) {
        change(store.settings().withHysteresisPercent(percent));
    }

    @Override
    public List<ViolationView> getViolations() {
        return violations.views();
    }
}
