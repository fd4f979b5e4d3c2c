package org.kemari.management.internal;

import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.protection.ProtectionService;

/** The services that the MBeans show. All but the configuration may come and go. */
interface Sources {
    KemariConfiguration configuration();

    Optional<ProtectionService> protection();

    Optional<HealthMonitor> health();

    Optional<Arbiter> arbiter(String engine);

    /** Brings the MBeans up to date before it returns. */
    void refresh();

    /** @throws IllegalStateException if it is not there */
    default ProtectionService requireProtection() {
        return protection()
                .orElseThrow(() -> new IllegalStateException(
                        "Kemari's protection service is not running; the log, or bundle:diag and scr:list, say why"));
    }
}
