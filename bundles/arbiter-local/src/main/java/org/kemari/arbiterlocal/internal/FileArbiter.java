package org.kemari.arbiterlocal.internal;

import java.io.IOException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engine {@code file}: all hosts share the directory, and whoever writes first wins. Nothing is decided in a directory that
 * is not the one used before.
 */
@Component(service = Arbiter.class, property = Arbiter.ENGINE + "=file")
public final class FileArbiter implements Arbiter {
    static final Duration LOCK_WAIT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(FileArbiter.class);

    private final RecordStore store;
    private final SharedDirectory directory;
    private ArbiterState last = new ArbiterState(true, "not looked at yet", 0);

    @Activate
    public FileArbiter(@Reference KemariConfiguration configuration) {
        this(
                new RecordStore(configuration.host().arbiterDirectory(), LOCK_WAIT),
                new SharedDirectory(
                        configuration.host().arbiterDirectory(),
                        configuration.host().stateRoot(),
                        LOCK_WAIT));
    }

    FileArbiter(RecordStore store, SharedDirectory directory) {
        this.store = store;
        this.directory = directory;
    }

    @Override
    public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        directory.check();
        return store.read(domain);
    }

    @Override
    public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
        try {
            directory.use();
        } catch (IOException e) {
            return new CasOutcome.Unknown(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        // once more under the lock: it may have been unmounted meanwhile
        return store.compareAndSet(expected, next, (current, wanted) -> wrong().map(CasOutcome.Unknown::new));
    }

    @Override
    public synchronized ArbiterState state() {
        Optional<String> fault = store.fault().or(this::wrong);
        boolean changed = fault.isEmpty() != last.reachable();
        last = new ArbiterState(
                fault.isEmpty(),
                fault.orElse("the directory can be written to"),
                changed ? System.currentTimeMillis() : last.sinceEpochMillis());
        return last;
    }

    private Optional<String> wrong() {
        try {
            directory.check();
            return Optional.empty();
        } catch (ArbiterException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Deactivate
    void close() {
        store.close();
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("Cannot close the lock of the arbiter's directory: {}", e.getMessage());
        }
    }
}
