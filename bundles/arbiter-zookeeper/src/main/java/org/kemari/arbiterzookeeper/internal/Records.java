package org.kemari.arbiterzookeeper.internal;

import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.RecordCodec;

/** The records as znodes. Safe for use by many threads. */
final class Records {
    /** A read that takes longer than this part of the request time-out is tried again with another server. */
    private static final int READS_PER_REQUEST = 3;

    private final Connection connection;
    private final String root;
    private final long timeoutNanos;

    Records(Connection connection, EnsembleSettings settings) {
        this.connection = connection;
        this.root = settings.root();
        this.timeoutNanos = settings.requestTimeout().toNanos();
    }

    /**
     * What a znode holds.
     *
     * @param record empty: there is no znode
     * @param version of its data
     */
    private record Entry(Optional<OwnershipRecord> record, int version) {}

    Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        String path = path(domain);
        long deadline = System.nanoTime() + timeoutNanos;
        try {
            while (true) {
                Session session = connection.await(deadline);
                try {
                    return entry(domain, session.syncAndGet(path, soon(deadline)))
                            .record();
                } catch (LostException e) {
                    giveUpAfter(deadline, e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ArbiterException("interrupted while reading the record of domain " + domain, e);
        }
    }

    CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
        next.requireSuccessorOf(expected);
        byte[] data = RecordCodec.encode(next);
        try {
            return compareAndSet(expected, next, data, System.nanoTime() + timeoutNanos);
        } catch (ArbiterException | LostException e) {
            return new CasOutcome.Unknown(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CasOutcome.Unknown("interrupted while changing the record of domain " + next.domain());
        }
    }

    /** A lost session counts only once a write has been sent; before that, there is the next one. */
    private CasOutcome compareAndSet(
            Optional<OwnershipRecord> expected, OwnershipRecord next, byte[] data, long deadline)
            throws ArbiterException, LostException, InterruptedException {
        String path = path(next.domain());
        boolean confirm = false;
        while (true) {
            Session session = connection.await(deadline);
            Entry entry;
            try {
                entry = entry(
                        next.domain(),
                        confirm
                                ? session.confirmAndGet(root, path, soon(deadline))
                                : session.get(path, soon(deadline)));
            } catch (LostException e) {
                giveUpAfter(deadline, e);
                continue;
            }
            if (!entry.record().equals(expected)) {
                if (confirm) {
                    return new CasOutcome.Lost(entry.record());
                }
                confirm = true;
                continue;
            }
            Code code = (expected.isPresent()
                            ? session.set(path, data, entry.version(), deadline)
                            : session.create(path, data, deadline))
                    .code();
            switch (code) {
                case OK -> {
                    return new CasOutcome.Won(next);
                }
                case BADVERSION, NODEEXISTS -> confirm = true;
                case NONODE -> {
                    confirm = true;
                    Rehearsal.makeRoot(session, root, deadline);
                }
                default -> throw new ArbiterException(Refusals.explain("change", path, code));
            }
            if (System.nanoTime() > deadline) {
                throw new ArbiterException("the record of domain " + next.domain() + " changes all the time");
            }
        }
    }

    private Entry entry(String domain, Session.Reply reply) throws ArbiterException {
        String path = path(domain);
        if (reply.code() == Code.NONODE) {
            return new Entry(Optional.empty(), -1);
        }
        if (reply.code() != Code.OK) {
            throw new ArbiterException(Refusals.explain("read", path, reply.code()));
        }
        OwnershipRecord record;
        try {
            record = RecordCodec.decode(reply.data());
        } catch (RecordCodec.CorruptException e) {
            throw new ArbiterException("the record in " + path + " is corrupt: " + e.getMessage()
                    + "; find out which host owns domain " + domain + ", then repair it");
        }
        if (!record.domain().equals(domain)) {
            throw new ArbiterException("the record in " + path + " is that of domain " + record.domain());
        }
        return new Entry(Optional.of(record), reply.version());
    }

    private String path(String domain) {
        return root + "/" + RecordCodec.name("domain", domain);
    }

    private long soon(long deadline) {
        return Math.min(deadline, System.nanoTime() + timeoutNanos / READS_PER_REQUEST);
    }

    private static void giveUpAfter(long deadline, LostException e) throws ArbiterException {
        if (System.nanoTime() >= deadline) {
            throw new ArbiterException("the arbiter cannot be reached: " + e.getMessage(), e);
        }
    }
}
