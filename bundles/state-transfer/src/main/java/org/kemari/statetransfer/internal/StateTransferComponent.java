package org.kemari.statetransfer.internal;

import java.io.IOException;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.statetransfer.internal.outgoing.TransferSender;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** The primary's side as a service. */
@Component(service = StateTransfer.class, configurationPid = TransferConfig.PID)
@Designate(ocd = TransferConfig.class)
public final class StateTransferComponent implements StateTransfer {
    private final TransferSender sender;
    private volatile TransferSettings settings;

    @Activate
    public StateTransferComponent(@Reference LinkService links, TransferConfig config) {
        settings = TransferSettings.of(config);
        sender = new TransferSender(links, () -> settings);
    }

    @Modified
    void modified(TransferConfig config) {
        settings = TransferSettings.of(config);
    }

    @Deactivate
    void stop() {
        sender.close();
    }

    @Override
    public OutgoingSession open(OutgoingRequest request, OutgoingListener listener) throws IOException {
        return sender.open(request, listener);
    }
}
