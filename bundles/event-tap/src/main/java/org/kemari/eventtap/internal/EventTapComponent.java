package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.TapRequest;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The service. Taps that are open when it goes are closed. */
@Component(service = EventTap.class)
public final class EventTapComponent implements EventTap {
    private final Set<DomainBackends> open = ConcurrentHashMap.newKeySet();

    @Override
    public DomainTap open(TapRequest request) throws IOException {
        open.removeIf(DomainBackends::isClosed);
        DomainBackends backends = DomainBackendsFactory.open(request);
        open.add(backends);
        return backends;
    }

    @Deactivate
    void deactivate() {
        open.forEach(DomainBackends::close);
        open.clear();
    }
}
