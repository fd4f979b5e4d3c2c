package org.kemari.health.internal.checks;

import java.util.List;
import java.util.function.Supplier;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;

/** Tells of paths that are lost while the peer is not: nobody notices otherwise, until the last one is. */
final class PathSource implements Source {
    private final Supplier<List<PeerHealth>> peers;

    PathSource(Supplier<List<PeerHealth>> peers) {
        this.peers = peers;
    }

    @Override
    public String name() {
        return "paths";
    }

    @Override
    public List<Finding> look(long nanos) {
        return peers.get().stream()
                .filter(peer -> peer.paths().size() > 1 && peer.state() == PeerState.ALIVE)
                .map(PathSource::judge)
                .toList();
    }

    private static Finding judge(PeerHealth peer) {
        String subject = "peer " + peer.peer() + ": paths";
        return peer.paths().stream().allMatch(path -> path.state() == PeerState.ALIVE)
                ? Finding.ok(subject, peer.reason())
                : Finding.warning(
                        subject, peer.reason() + "; look at that network, and at the address in both hosts' settings");
    }
}
