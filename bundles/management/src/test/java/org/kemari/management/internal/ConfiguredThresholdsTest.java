package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

class ConfiguredThresholdsTest {
    private static Map<String, Object> config(Object pause, Object hysteresis) {
        return Map.of(
                "pauseP99LimitMillis",
                pause,
                "holdP99LimitMillis",
                2,
                "unprotectedLimitSeconds",
                "3",
                "hysteresisPercent",
                hysteresis);
    }

    @Test
    void whatIsOutOfRangeIsRefusedAsAWhole() {
        ConfiguredThresholds thresholds = new ConfiguredThresholds(() -> null);
        assertThat(thresholds.settings()).isEqualTo(ThresholdSettings.DEFAULT);
        thresholds.configured(config(1, 4));
        assertThat(thresholds.settings()).isEqualTo(new ThresholdSettings(1, 2, 3, 4));
        thresholds.configured(config(7, 91));
        assertThat(thresholds.settings()).isEqualTo(new ThresholdSettings(1, 2, 3, 4));
        thresholds.configured(config(600_001, 4));
        assertThat(thresholds.settings()).isEqualTo(new ThresholdSettings(1, 2, 3, 4));
        thresholds.configured(config("much", 4));
        assertThat(thresholds.problems())
                .singleElement()
                .hasToString("org.kemari.management: pauseP99LimitMillis: is 'much'; expected a whole number; what was"
                        + " valid before stays in force");
        assertThat(thresholds.settings()).isEqualTo(new ThresholdSettings(1, 2, 3, 4));
    }

    @Test
    void whatIsCorrectedIsNoProblemAnyMore() {
        ConfiguredThresholds thresholds = new ConfiguredThresholds(() -> null);
        thresholds.configured(config(-1, 4));
        assertThat(thresholds.problems()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .contains("is -1", "0 to 600000"));
        thresholds.configured(Map.of());
        assertThat(thresholds.problems()).isEmpty();
        assertThat(thresholds.settings()).isEqualTo(ThresholdSettings.DEFAULT);
    }

    @Test
    void whatCannotBeKeptIsNotInForce() {
        ConfiguredThresholds thresholds = new ConfiguredThresholds(() -> null);
        assertThatThrownBy(() -> thresholds.change(new ThresholdSettings(1, 2, 3, 4)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no Configuration Admin service");
        assertThat(thresholds.settings()).isEqualTo(ThresholdSettings.DEFAULT);
    }

    @Test
    void aChangeIsKeptBesideWhatElseIsConfigured() throws Exception {
        Hashtable<String, Object> kept = new Hashtable<>();
        kept.put("mine", "too");
        Configuration configuration = fake(Configuration.class, (method, argument) -> {
            if (method.equals("update")) {
                Dictionary<?, ?> next = (Dictionary<?, ?>) argument;
                next.keys().asIterator().forEachRemaining(key -> kept.put((String) key, next.get(key)));
                return null;
            }
            return new Hashtable<>(kept);
        });
        ConfigurationAdmin admin = fake(ConfigurationAdmin.class, (method, argument) -> {
            assertThat(argument).isEqualTo(ThresholdConfig.PID);
            return configuration;
        });
        ConfiguredThresholds thresholds = new ConfiguredThresholds(() -> admin);
        thresholds.change(new ThresholdSettings(1, 2, 3, 4));
        assertThat(thresholds.settings()).isEqualTo(new ThresholdSettings(1, 2, 3, 4));
        assertThat(kept)
                .containsEntry("mine", "too")
                .containsEntry("pauseP99LimitMillis", "1")
                .containsEntry("holdP99LimitMillis", "2")
                .containsEntry("unprotectedLimitSeconds", "3")
                .containsEntry("hysteresisPercent", "4");
    }

    /** Answers calls by name and first argument. */
    private interface Answers {
        Object to(String method, Object argument);
    }

    private static <T> T fake(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.to(method.getName(), arguments == null ? null : arguments[0])));
    }
}
