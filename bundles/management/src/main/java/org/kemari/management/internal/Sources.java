package org.kemari.management.internal;

import java.util.List;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.stats.NativeMemoryUse;

/** The services that the MBeans show. All but the configuration may come and go. */
interface Sources {
    KemariConfiguration configuration();

    Optional<ProtectionService> protection();

    Optional<HealthMonitor> health();

    Optional<Arbiter> arbiter(String engine);

    /** Memory outside the heap, by domain and use; none if nobody counts it. */
    List<NativeMemoryUse> nativeMemory();

    ThresholdStore thresholds();

    /** What is wrong with the settings of all components that tell. */
    List<ConfigurationProblem> settingsProblems();

    /** Brings the MBeans up to date before it returns. */
    void refresh();

    /** @throws IllegalStateException if it is not there */
    default ProtectionService requireProtection() {
        return protection()
                .orElseThrow(() -> new IllegalStateException(
                        "Kemari's protection service is not running; the log, or bundle:diag and scr:list, say why"));
    }

    /** An operation that may be refused. */
    interface Operation {
        void on(ProtectionService protection) throws OperationRefusedException;
    }

    /** @throws IllegalStateException if it is refused, or there is nobody to ask; the message says why */
    default void ask(Operation operation) {
        try {
            operation.on(requireProtection());
        } catch (OperationRefusedException e) {
            throw new IllegalStateException(e.getMessage());
        }
    }
}
