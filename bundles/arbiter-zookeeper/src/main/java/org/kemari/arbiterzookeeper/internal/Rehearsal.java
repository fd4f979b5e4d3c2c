package org.kemari.arbiterzookeeper.internal;

import org.apache.zookeeper.KeeperException.Code;

/**
 * What is done with a session before it is offered: the root is made if it is missing, and every kind of request is made
 * once. So a session that is offered can write, and the code of a takeover has run before.
 */
final class Rehearsal {
    private Rehearsal() {}

    static void of(Session session, EnsembleSettings settings) throws LostException, InterruptedException {
        long deadline = System.nanoTime() + settings.requestTimeout().toNanos();
        makeRoot(session, settings.root(), deadline);
        session.syncAndGet(settings.root(), deadline);
        Code code = session.confirmAndGet(settings.root(), settings.root(), deadline)
                .code();
        if (code != Code.OK) {
            throw new LostException(Refusals.explain("read", settings.root(), code));
        }
    }

    /** Makes the znode below which the records are, and those above it. */
    static void makeRoot(Session session, String root, long deadlineNanos) throws LostException, InterruptedException {
        for (int end = root.indexOf('/', 1); ; end = root.indexOf('/', end + 1)) {
            String path = end < 0 ? root : root.substring(0, end);
            Code code = session.create(path, new byte[0], deadlineNanos).code();
            boolean mayBeThere = code == Code.NODEEXISTS || code == Code.NOAUTH;
            if (code != Code.OK && !mayBeThere) {
                throw new LostException(Refusals.explain("create", path, code));
            }
            if (end < 0) {
                return;
            }
        }
    }
}
