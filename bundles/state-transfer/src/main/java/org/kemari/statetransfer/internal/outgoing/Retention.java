package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.linux.PageCapture;
import org.kemari.statetransfer.internal.Reasons;
import org.kemari.statetransfer.internal.RetainedImage;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last act of a primary that has handed over: it notes which pages are no longer those of the checkpoint that the
 * guest goes on from elsewhere. That can be told as long as nothing has been captured since.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final OutgoingRequest request;
    private final PageCapture capture;
    private final CheckpointTaker taker;

    Retention(OutgoingRequest request, PageCapture capture, CheckpointTaker taker) {
        this.request = request;
        this.capture = capture;
        this.taker = taker;
    }

    /** Whether it could be noted. The guest and the tap write nothing any more. */
    boolean note(long epoch) {
        String domain = request.identity().domain();
        try {
            if (capture.isComparing()) {
                throw new IOException("written pages are not tracked");
            }
            if (taker.lastWhole() != epoch) {
                throw new IOException("the last checkpoint that was taken whole is " + taker.lastWhole() + ", the guest"
                        + " goes on from " + epoch);
            }
            capture.scan();
            RetainedImage.write(
                    request.paths().retainedImage(),
                    new ImageId(request.session(), epoch),
                    request.identity().memoryBytes(),
                    capture.pendingBits());
            LOG.info(
                    "Domain {}: its memory is kept, checkpoint {} of session {} but for {} KiB",
                    domain,
                    epoch,
                    request.session(),
                    capture.pending() << PageRuns.PAGE_SHIFT >> 10);
            return true;
        } catch (IOException e) {
            LOG.warn("Domain {}: its memory is not kept: {}", domain, Reasons.of(e));
            return false;
        }
    }
}
