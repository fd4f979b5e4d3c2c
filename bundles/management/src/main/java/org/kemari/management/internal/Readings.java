package org.kemari.management.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.management.internal.Violations.Reading;

/** The figures that have limits. */
final class Readings {
    static final String PAUSE = "pauseP99";
    static final String HOLD = "holdP99";
    static final String UNPROTECTED = "unprotected";

    private Readings() {}

    static List<Reading> of(
            List<DomainStatus> domains,
            Histories histories,
            KemariConfiguration configuration,
            ThresholdSettings limits) {
        List<Reading> readings = new ArrayList<>();
        for (DomainStatus domain : domains) {
            String subject = "domain " + domain.name();
            domain.transfer()
                    .filter(session -> session.outgoing() && session.pause().count() > 0)
                    .ifPresent(session -> readings.add(new Reading(
                            subject,
                            PAUSE,
                            TimeUnit.MICROSECONDS.toMillis(session.pause().p99Micros()),
                            limits.pauseP99LimitMillis())));
            for (DeviceStatus device : domain.devices()) {
                if (device.hold().count() > 0) {
                    readings.add(new Reading(
                            subject + ": " + device.device(),
                            HOLD,
                            TimeUnit.MICROSECONDS.toMillis(device.hold().p99Micros()),
                            limits.holdP99LimitMillis()));
                }
            }
            if (isToBeProtected(configuration, domain.name())) {
                histories
                        .find(domain.name())
                        .ifPresent(history -> readings.add(new Reading(
                                subject,
                                UNPROTECTED,
                                history.unprotectedMillis(),
                                TimeUnit.SECONDS.toMillis(limits.unprotectedLimitSeconds()))));
            }
        }
        return readings;
    }

    private static boolean isToBeProtected(KemariConfiguration configuration, String domain) {
        String self = configuration.host().name();
        return configuration
                .domain(domain)
                .map(definition -> definition.protection().standbys().stream().anyMatch(host -> !host.equals(self)))
                .orElse(false);
    }
}
