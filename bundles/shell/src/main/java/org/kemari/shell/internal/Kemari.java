package org.kemari.shell.internal;

import java.time.Clock;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.shell.internal.view.EventHistory;
import org.kemari.shell.internal.view.Speedometer;

/** The services that the commands use; all of them may come and go. What is missing is a refusal that says so. */
public interface Kemari {
    Optional<KemariConfiguration> findConfiguration();

    Optional<ProtectionService> findProtection();

    Optional<HealthMonitor> findHealth();

    /** The engine of that name. */
    Optional<Arbiter> findArbiter(String engine);

    /** What has happened since this bundle was started. */
    EventHistory history();

    /** Speeds between two looks. */
    Speedometer speedometer();

    Clock clock();

    default KemariConfiguration configuration() throws OperationRefusedException {
        return findConfiguration()
                .orElseThrow(() -> new OperationRefusedException("this host is not configured; give it a name in"
                        + " etc/org.kemari.host.cfg, or see scr:list and the log"));
    }

    default ProtectionService protection() throws OperationRefusedException {
        return findProtection().orElseThrow(() -> new OperationRefusedException(missing("protection service")));
    }

    default HealthMonitor health() throws OperationRefusedException {
        return findHealth().orElseThrow(() -> new OperationRefusedException(missing("health monitor")));
    }

    default DomainStatus status(String domain) throws OperationRefusedException {
        return protection()
                .status(domain)
                .orElseThrow(() -> new OperationRefusedException("there is no domain " + domain
                        + "; kemari:domains lists them, and kemari:health tells of definitions that are refused"));
    }

    private static String missing(String service) {
        return "Kemari's " + service + " is not running; the log, or bundle:diag and scr:list, say why";
    }
}
