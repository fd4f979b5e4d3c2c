package org.kemari.statetransfer.internal.outgoing;

import java.util.Optional;
import org.kemari.api.link.Link;

/** A session whose standby has not answered yet. How long it may take is the handshake's business. */
final class Attempt implements SessionWatch.Watched {
    private final String standby;
    private final Link link;
    private final SessionWatch.Notes notes = new SessionWatch.Notes();
    private volatile String reason = "";

    Attempt(String standby, Link link) {
        this.standby = standby;
        this.link = link;
    }

    /** Why it was abandoned, if it was. */
    Optional<String> reason() {
        return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
    }

    @Override
    public String standby() {
        return standby;
    }

    @Override
    public String remoteAddress() {
        return link.remoteAddress();
    }

    @Override
    public SessionWatch.Notes notes() {
        return notes;
    }

    @Override
    public Optional<String> stalled() {
        return Optional.empty();
    }

    @Override
    public void abandon(String why) {
        reason = why;
        link.close();
    }
}
