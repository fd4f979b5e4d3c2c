package org.kemari.arbiterlocal.internal;

import java.time.Duration;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.ArbiterState;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.config.KemariConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Engine {@code file}: all hosts share the directory, and whoever writes first wins. */
@Component(service = Arbiter.class, property = Arbiter.ENGINE + "=file")
public final class FileArbiter implements Arbiter {
    static final Duration LOCK_WAIT = Duration.ofSeconds(2);

    private final RecordStore store;
    private ArbiterState last = new ArbiterState(true, "not looked at yet", 0);

    @Activate
    public FileArbiter(@Reference KemariConfiguration configuration) {
        this(new RecordStore(configuration.host().arbiterDirectory(), LOCK_WAIT));
    }

    FileArbiter(RecordStore store) {
        this.store = store;
    }

    @Override
    public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        return store.read(domain);
    }

    @Override
    public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
        return store.compareAndSet(expected, next, (current, wanted) -> Optional.empty());
    }

    @Override
    public synchronized ArbiterState state() {
        Optional<String> fault = store.fault();
        boolean changed = fault.isEmpty() != last.reachable();
        last = new ArbiterState(
                fault.isEmpty(),
                fault.orElse("the directory can be written to"),
                changed ? System.currentTimeMillis() : last.sinceEpochMillis());
        return last;
    }

    @Deactivate
    void close() {
        store.close();
    }
}
