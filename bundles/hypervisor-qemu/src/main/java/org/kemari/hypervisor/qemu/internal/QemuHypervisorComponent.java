package org.kemari.hypervisor.qemu.internal;

import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.hypervisor.Hypervisor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The hypervisor as a service. */
@Component(service = Hypervisor.class, immediate = true)
public final class QemuHypervisorComponent extends QemuHypervisor {
    @Activate
    public QemuHypervisorComponent(@Reference KemariConfiguration configuration) {
        super(configuration::host, new PreloadedTracking());
    }
}
