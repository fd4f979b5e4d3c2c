package org.kemari.itests.bench.compare;

import java.util.function.ObjDoubleConsumer;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.itests.bench.Guest;

/**
 * How far a session has come.
 *
 * @param nanos when
 * @param checkpoints committed
 * @param pages in them
 * @param bytes sent
 */
record Account(long nanos, long checkpoints, long pages, long bytes) {
    static Account of(Guest guest) {
        StateTransferMXBean transfer = guest.console().transfer(guest.name());
        return new Account(System.nanoTime(), transfer.getCheckpoints(), transfer.getPages(), transfer.getBytes());
    }

    /** Tells what has happened since an earlier one. */
    void tell(Account before, String subject, ObjDoubleConsumer<Figure> found) {
        double seconds = (nanos - before.nanos) / 1e9;
        long epochs = checkpoints - before.checkpoints;
        found.accept(Figure.account(subject, "checkpoints", "1/s"), epochs / seconds);
        found.accept(Figure.account(subject, "sent", "MB/s"), (bytes - before.bytes) / seconds / 1e6);
        if (epochs > 0) {
            found.accept(Figure.account(subject, "pages", "1/checkpoint"), (double) (pages - before.pages) / epochs);
        }
    }
}
