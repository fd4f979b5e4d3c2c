package org.kemari.statetransfer.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.transfer.StandbyGate;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.outgoing.TransferSender;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The standby's side as a service. */
@Component(
        service = LinkAcceptor.class,
        immediate = true,
        configurationPid = TransferConfig.PID,
        property = LinkAcceptor.CHANNEL + "=" + TransferSender.CHANNEL)
public final class TransferAcceptorComponent implements LinkAcceptor {
    private static final long GATE_PATIENCE_NANOS = 10_000_000_000L;

    private final TransferAcceptor acceptor;
    private volatile TransferSettings settings;

    private Optional<StandbyGate> gate = Optional.empty(); // guarded by this
    private boolean stopped; // guarded by this

    @Activate
    public TransferAcceptorComponent(Map<String, Object> properties) {
        settings = TransferProperties.parse(properties).settings();
        acceptor = new TransferAcceptor(this::awaitGate, () -> settings);
    }

    /** Absent while the conductor is being started or exchanged: offers wait for it a little, and are refused then. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void bindGate(StandbyGate keeper) {
        gate = Optional.of(keeper);
        notifyAll();
    }

    synchronized void unbindGate(StandbyGate keeper) {
        if (gate.equals(Optional.of(keeper))) {
            gate = Optional.empty();
        }
    }

    private synchronized Optional<StandbyGate> awaitGate() {
        long deadline = System.nanoTime() + GATE_PATIENCE_NANOS;
        try {
            for (long left = GATE_PATIENCE_NANOS;
                    gate.isEmpty() && !stopped && left > 0;
                    left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return gate;
    }

    @Modified
    void modified(Map<String, Object> properties) {
        TransferProperties.Parsed next = TransferProperties.parse(properties);
        // the component of the other side tells what is wrong
        if (next.problems().isEmpty()) {
            settings = next.settings();
        }
    }

    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        acceptor.close();
    }

    @Override
    public void accepted(Link link) {
        acceptor.accepted(link);
    }
}
