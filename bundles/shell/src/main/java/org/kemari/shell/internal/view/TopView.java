package org.kemari.shell.internal.view;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.shell.internal.view.Speedometer.Speed;

/** The domains of this host with the figures that change all the time. */
public final class TopView {
    private TopView() {}

    /** What stands above the table. */
    public static String title(String host, Collection<DomainStatus> domains, String arbiter) {
        long running = domains.stream().filter(d -> d.role() == Role.PRIMARY).count();
        long safe = domains.stream().filter(DomainView::isProtected).count();
        long standby = domains.stream().filter(d -> d.role() == Role.STANDBY).count();
        return "host " + host + ": " + running + " running, " + safe + " of them protected; standby of " + standby
                + "; arbiter: " + arbiter;
    }

    /** One domain a row. */
    public static Grid grid(Collection<DomainStatus> domains, Function<DomainStatus, Optional<Speed>> speeds) {
        Grid grid = new Grid("No domains")
                .left("Domain", "Role", "State", "Peer")
                .right("Epoch", "Ckpt/s", "Pause", "Hold", "Pages/ckpt", "Bandwidth");
        for (DomainStatus d : domains) {
            Optional<Speed> speed = speeds.apply(d);
            grid.row(
                    d.name(),
                    d.role().name(),
                    d.state().name(),
                    d.peer(),
                    d.epoch() == 0 ? "-" : Long.toString(d.epoch()),
                    speed.map(s -> Quantity.number(s.checkpoints())).orElse("-"),
                    Latency.brief(d.transfer().map(TransferStatus::pause).orElse(LatencySummary.EMPTY)),
                    Latency.brief(Latency.longestHold(d.devices())),
                    pages(d),
                    speed.map(s -> Quantity.bytesPerSecond(s.bytes())).orElse("-"));
        }
        return grid;
    }

    private static String pages(DomainStatus d) {
        return d.transfer()
                .map(TransferStatus::pagesPerEpoch)
                .filter(p -> p.count() > 0)
                // the unit of this summary is pages
                .map(p -> Long.toString(p.p50Micros()))
                .orElse("-");
    }

    /** What stands below the table: how far syncs are, and why a domain is not protected. */
    public static List<String> notes(Collection<DomainStatus> domains) {
        List<String> notes = new ArrayList<>();
        for (DomainStatus d : domains) {
            if (DomainView.isCopying(d)) {
                notes.add(d.name() + ": " + Progress.of(d.sync()));
            } else if (d.state() != DomainState.PROTECTED
                    && d.state() != DomainState.READY
                    && d.state() != DomainState.STOPPED) {
                notes.add(d.name() + ": " + d.reason());
            }
        }
        return notes;
    }
}
