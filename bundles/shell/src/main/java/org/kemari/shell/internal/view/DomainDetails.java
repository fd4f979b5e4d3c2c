package org.kemari.shell.internal.view;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.api.transfer.TransferVolume;

/** Everything there is to say about one domain. */
public final class DomainDetails {
    private final DomainStatus status;
    private final Grid facts = new Grid("").left("Property", "Value");

    private DomainDetails(DomainStatus status) {
        this.status = status;
    }

    /**
     * One fact a row.
     *
     * @param definition its definition on this host, if there is one
     * @param record what the arbiter says
     * @param nowMillis the present, by the wall clock
     */
    public static Grid facts(
            DomainStatus status, Optional<DomainDefinition> definition, String record, long nowMillis) {
        DomainDetails details = new DomainDetails(status);
        details.state(nowMillis);
        details.add("arbiter's record", record);
        definition.ifPresent(details::definition);
        status.transfer().ifPresent(details::transfer);
        details.restoration(status.restoration());
        status.lastTakeover().ifPresent(report -> details.takeover(report, nowMillis));
        return details.facts;
    }

    /** One tapped device a row. */
    public static Grid devices(DomainStatus status) {
        Grid grid = new Grid("No tapped devices")
                .left("Device", "Kind", "State")
                .right("In flight", "Held", "Reads", "Writes", "Flushes", "Read", "Written", "Dropped", "Errors")
                .left("Hold (median / 99 %)");
        for (DeviceStatus d : status.devices()) {
            grid.row(
                    d.device(),
                    d.kind().name(),
                    d.state() + (d.ahead() ? ", running ahead" : d.holding() ? ", holding" : ""),
                    Integer.toString(d.inFlight()),
                    Integer.toString(d.heldOutputs()),
                    Long.toString(d.reads()),
                    Long.toString(d.writes()),
                    Long.toString(d.flushes()),
                    Quantity.bytes(d.bytesRead()),
                    Quantity.bytes(d.bytesWritten()),
                    Long.toString(d.dropped()),
                    Long.toString(d.errors()),
                    Latency.brief(d.hold()));
        }
        return grid;
    }

    private void add(String property, String value) {
        facts.row(property, value);
    }

    private void state(long nowMillis) {
        add("domain", status.name());
        add("role", status.role().name());
        add("state", status.state().name());
        add("reason", status.reason());
        add("for", DomainView.ago(status.sinceEpochMillis(), nowMillis));
        if (status.role() == Role.PRIMARY) {
            add("protected", DomainView.isProtected(status) ? "yes" : "no");
        }
        add("peer", status.peer().isEmpty() ? "none" : status.peer());
        add("generation", Long.toString(status.generation()));
        add("session", status.session() == 0 ? "none" : Long.toString(status.session()));
        add("epoch", Long.toString(status.epoch()));
        add("hypervisor process", status.pid() == 0 ? "none" : Long.toString(status.pid()));
        add("guest resets", Long.toString(status.guestResets()));
        if (status.sync().bytesTotal() > 0) {
            add("sync", Progress.of(status.sync()));
        }
    }

    private void definition(DomainDefinition definition) {
        add("memory", Quantity.bytes(definition.memoryBytes()));
        add("virtual CPUs", Integer.toString(definition.vcpus()));
        List<String> standbys = definition.protection().standbys();
        add("standbys", standbys.isEmpty() ? "none" : String.join(", ", standbys));
        add("console log", definition.consoleLog().map(Path::toString).orElse("none"));
    }

    private void transfer(TransferStatus t) {
        add(
                "transfer",
                (t.outgoing() ? "to " : "from ") + t.peer() + ", epoch " + t.sentEpoch()
                        + (t.outgoing() ? " sent" : " received") + ", " + t.committedEpoch() + " committed"
                        + (t.outgoing() ? "" : ", " + t.appliedEpoch() + " applied"));
        add("checkpoints", t.checkpoints() + " with " + t.pages() + " pages, " + Quantity.bytes(t.bytes()));
        volume(t.volume());
        add("staging", Quantity.bytes(t.stagingBytes()) + " of " + Quantity.bytes(t.stagingLimitBytes()));
        if (t.outgoing()) {
            add("dirty pages by", t.capture());
            add("pause", Latency.full(t.pause()));
            add("sending", Latency.full(t.transfer()));
            add("commit", Latency.full(t.commit()));
        } else {
            add("receiving", Latency.full(t.transfer()));
            add("apply", Latency.full(t.apply()));
        }
    }

    private void volume(TransferVolume v) {
        if (v.checkpoints() > 0) {
            add(
                    "per checkpoint",
                    Quantity.bytes(v.bytes() / v.checkpoints()) + " on the link of "
                            + Quantity.bytes(v.rawBytes() / v.checkpoints()) + "; " + v.zeroPages()
                            + " pages were zero, "
                            + v.deltaPages() + " changed in part");
        }
    }

    private void restoration(RestorationStatus r) {
        if (r.snapshots() > 0) {
            add(
                    "ring restoration",
                    r.snapshots() + " snapshots, " + r.pendingLast() + " requests pending in the last; " + r.writes()
                            + " writes and " + r.flushes() + " flushes executed, " + Quantity.bytes(r.bytes()));
        }
    }

    private void takeover(TakeoverReport r, long nowMillis) {
        add("last takeover", DomainView.ago(r.detectedEpochMillis(), nowMillis) + " ago: " + r.reason());
        add("takeover: arbiter", Quantity.micros(r.decidedMicros()));
        add("takeover: fenced", Quantity.micros(r.fencedMicros()));
        add("takeover: image sealed", Quantity.micros(r.sealedMicros()));
        add(
                "takeover: rings restored",
                Quantity.micros(r.restoredMicros()) + ", " + r.pendingRequests() + " requests pending");
        add("takeover: state loaded", Quantity.micros(r.loadedMicros()));
        add("takeover: guest resumed", Quantity.micros(r.resumedMicros()));
        add("takeover: announced", Quantity.micros(r.announcedMicros()));
    }
}
