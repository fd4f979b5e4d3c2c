package org.kemari.statetransfer.internal;

import java.util.Optional;
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
    private final TransferAcceptor acceptor;
    private volatile TransferSettings settings;

    /** Absent while the conductor is not there: offers are refused then. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile StandbyGate gate;

    @Activate
    public TransferAcceptorComponent(TransferConfig config) {
        settings = TransferSettings.of(config);
        acceptor = new TransferAcceptor(() -> Optional.ofNullable(gate), () -> settings);
    }

    @Modified
    void modified(TransferConfig config) {
        settings = TransferSettings.of(config);
    }

    @Deactivate
    void stop() {
        acceptor.close();
    }

    @Override
    public void accepted(Link link) {
        acceptor.accepted(link);
    }
}
