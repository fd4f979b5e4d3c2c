package org.kemari.protection.internal;

import java.util.function.LongConsumer;

/**
 * Lets an epoch out the moment its commit is heard, by the thread that hears it: the conductor may be in the middle of the
 * next checkpoint. Its machine has agreed beforehand, for as long as a session is open here; it is told of the commit as
 * well. What was released here is what the machine would have released, had it handled the commit before whatever else it
 * has not handled yet. Safe for use by many threads.
 */
final class ReleaseGate {
    private final LongConsumer release;
    private long open; // session; 0: none

    /** @param release lets out an epoch and those before */
    ReleaseGate(LongConsumer release) {
        this.release = release;
    }

    /** From now on only what this session commits is let out; 0: nothing. When this returns, nothing else is. */
    synchronized void open(long session) {
        open = session;
    }

    synchronized void committed(long session, long epoch) {
        if (session != 0 && session == open) {
            release.accept(epoch);
        }
    }
}
