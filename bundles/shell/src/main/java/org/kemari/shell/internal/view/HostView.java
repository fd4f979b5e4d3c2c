package org.kemari.shell.internal.view;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;

/** This host and its peers. */
public final class HostView {
    private HostView() {}

    /**
     * One host a row, this one first.
     *
     * @param peers what is known of the peers; those of the settings that are not among them are not watched
     * @param evacuating whether this host is being evacuated
     */
    public static Grid grid(HostSettings host, Collection<PeerHealth> peers, boolean evacuating, long nowMillis) {
        Grid grid = new Grid("No hosts").left("Host", "State", "Since", "Addresses", "Round trip", "Reason");
        grid.row(
                host.name(),
                evacuating ? "EVACUATING" : "HERE",
                "",
                addresses(host.listen()),
                "",
                evacuating ? "its domains are being moved; none is started here" : "this host");
        Map<String, List<HostAddress>> all = new TreeMap<>(host.peers());
        all.forEach((name, addresses) -> {
            Optional<PeerHealth> peer =
                    peers.stream().filter(p -> p.peer().equals(name)).findFirst();
            grid.row(
                    name,
                    peer.map(p -> p.state().name()).orElse("NOT WATCHED"),
                    peer.map(p -> DomainView.ago(p.sinceEpochMillis(), nowMillis))
                            .orElse(""),
                    addresses(addresses),
                    peer.map(p -> Latency.brief(p.roundTrip())).orElse("-"),
                    peer.map(PeerHealth::reason).orElse("the health monitor does not run"));
        });
        return grid;
    }

    /** One way to a peer a row. */
    public static Grid paths(Collection<PeerHealth> peers, long nowMillis) {
        Grid grid = new Grid("No peers").left("Host", "Path", "State", "Since", "Round trip", "Reason");
        for (PeerHealth peer : peers) {
            for (PathHealth path : peer.paths()) {
                grid.row(
                        peer.peer(),
                        path.address(),
                        path.state().name(),
                        DomainView.ago(path.sinceEpochMillis(), nowMillis),
                        Latency.brief(path.roundTrip()),
                        path.reason());
            }
        }
        return grid;
    }

    private static String addresses(List<HostAddress> addresses) {
        return addresses.stream().map(HostAddress::toString).collect(Collectors.joining(", "));
    }
}
