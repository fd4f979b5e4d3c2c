package org.kemari.statetransfer.internal;

import java.nio.channels.ClosedChannelException;

/** Words for people out of exceptions, some of which have none. */
public final class Reasons {
    private Reasons() {}

    public static String of(Throwable e) {
        if (e instanceof ClosedChannelException) {
            return "the link was closed by this host";
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
