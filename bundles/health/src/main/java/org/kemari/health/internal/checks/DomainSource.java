package org.kemari.health.internal.checks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.tap.DeviceStatus;

/** Looks at the domains that are here. */
final class DomainSource implements Source {
    private static final class Checks {
        final GuestCheck guest = new GuestCheck();
        final CheckpointCheck checkpoints = new CheckpointCheck();
        final Map<String, DeviceCheck> devices = new HashMap<>();
        final ProtectionCheck protection;

        Checks(String self) {
            this.protection = new ProtectionCheck(self);
        }
    }

    private final KemariConfiguration configuration;
    private final Supplier<List<DomainStatus>> statuses;
    private final Processes processes;
    private final Map<String, Checks> domains = new HashMap<>();

    /** @param statuses the domains as they are; none while nobody can tell */
    DomainSource(KemariConfiguration configuration, Supplier<List<DomainStatus>> statuses, Processes processes) {
        this.configuration = configuration;
        this.statuses = statuses;
        this.processes = processes;
    }

    @Override
    public String name() {
        return "domains";
    }

    @Override
    public List<Finding> look(long nanos) throws IOException {
        List<DomainStatus> here = statuses.get();
        domains.keySet().retainAll(here.stream().map(DomainStatus::name).toList());
        List<Finding> findings = new ArrayList<>();
        for (DomainStatus domain : here) {
            Checks checks = domains.computeIfAbsent(
                    domain.name(), name -> new Checks(configuration.host().name()));
            look(domain, checks, findings, nanos);
        }
        return findings;
    }

    private void look(DomainStatus domain, Checks checks, List<Finding> findings, long nanos) throws IOException {
        ProtectionSettings wanted = configuration
                .domain(domain.name())
                .map(DomainDefinition::protection)
                .orElse(ProtectionSettings.DEFAULT);
        findings.addAll(checks.protection.look(domain, wanted, nanos));
        findings.addAll(checks.checkpoints.look(domain, wanted.maxEpochAge(), nanos));
        if (domain.pid() > 0) {
            findings.add(checks.guest.look(domain, processes.sample(domain.pid()), nanos));
        }
        List<DeviceStatus> devices = GuestCheck.isExpectedToRun(domain) ? domain.devices() : List.of();
        checks.devices
                .keySet()
                .retainAll(devices.stream().map(DeviceStatus::device).toList());
        for (DeviceStatus device : devices) {
            DeviceCheck check = checks.devices.computeIfAbsent(device.device(), id -> new DeviceCheck());
            findings.add(check.look(domain, device, nanos));
        }
    }
}
