package org.kemari.shell.internal.view;

import java.util.Collection;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;

/** Domains, one a row. */
public final class DomainView {
    private DomainView() {}

    /** @param nowMillis the present, by the wall clock */
    public static Grid grid(Collection<DomainStatus> domains, long nowMillis) {
        Grid grid = new Grid("No domains")
                .left("Domain", "Role", "State", "Peer")
                .right("Generation", "Epoch")
                .left("Since", "Reason");
        for (DomainStatus s : domains) {
            grid.row(
                    s.name(),
                    s.role().name(),
                    s.state().name(),
                    s.peer(),
                    Long.toString(s.generation()),
                    Long.toString(s.epoch()),
                    ago(s.sinceEpochMillis(), nowMillis),
                    reason(s));
        }
        return grid;
    }

    /** The reason of a state, with how far it is. */
    static String reason(DomainStatus s) {
        return isCopying(s) ? Progress.of(s.sync()) : s.reason();
    }

    static boolean isCopying(DomainStatus s) {
        return (s.state() == DomainState.SYNCING || s.state() == DomainState.RECEIVING)
                && s.sync().bytesTotal() > 0;
    }

    static boolean isProtected(DomainStatus s) {
        // while it switches over, the standby has the last commit, and is named by the record, as ever
        return s.state() == DomainState.PROTECTED || s.state() == DomainState.SWITCHING;
    }

    /** For how long; empty if since ever. */
    static String ago(long sinceEpochMillis, long nowMillis) {
        return sinceEpochMillis == 0 ? "" : Quantity.duration(nowMillis - sinceEpochMillis);
    }
}
