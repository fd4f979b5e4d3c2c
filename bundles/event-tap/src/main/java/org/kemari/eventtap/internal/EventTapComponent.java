package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.EventTap;
import org.kemari.api.tap.TapRequest;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The service. Taps that are open when it goes are closed. It must not go only because nobody uses it for a moment: taps
 * that were left serve their guests alone.
 */
@Component(service = EventTap.class, immediate = true)
public final class EventTapComponent implements EventTap {
    private final Set<DomainBackends> open = new HashSet<>();

    @Override
    public synchronized DomainTap open(TapRequest request) throws IOException {
        left(request).ifPresent(DomainBackends::close);
        return fresh(request);
    }

    @Override
    public synchronized DomainTap adopt(TapRequest request) throws IOException {
        Optional<DomainBackends> before = left(request);
        if (before.isPresent() && before.get().rejoin(request)) {
            return before.get();
        }
        return fresh(request);
    }

    private Optional<DomainBackends> left(TapRequest request) {
        open.removeIf(DomainBackends::isClosed);
        return open.stream()
                .filter(tap -> tap.isLeft(request.definition().name()))
                .findFirst();
    }

    private DomainTap fresh(TapRequest request) throws IOException {
        DomainBackends backends = DomainBackendsFactory.open(request);
        open.add(backends);
        return backends;
    }

    @Deactivate
    synchronized void deactivate() {
        open.forEach(DomainBackends::close);
        open.clear();
    }
}
