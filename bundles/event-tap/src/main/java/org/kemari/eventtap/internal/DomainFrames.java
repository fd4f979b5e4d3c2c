package org.kemari.eventtap.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.FrameLog;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.api.tap.PausedFrames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The frames of all NICs of a domain that are copied for the standby. */
final class DomainFrames implements FrameLog {
    private static final Logger LOG = LoggerFactory.getLogger(DomainFrames.class);

    private final List<NetDevice> nics;
    private final Object bell = new Object();

    DomainFrames(List<NetDevice> nics) {
        this.nics = nics;
        nics.forEach(nic -> nic.received().setBell(this::ring));
    }

    private void ring() {
        synchronized (bell) {
            bell.notifyAll();
        }
    }

    @Override
    public void choose(boolean received, boolean held) {
        nics.forEach(nic -> nic.copyFrames(received, held));
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (bell) {
            for (long left = timeout.toMillis(); !areThere() && left > 0; ) {
                bell.wait(left);
                left = (deadline - System.nanoTime()) / 1_000_000;
            }
        }
        return areThere();
    }

    private boolean areThere() {
        for (NetDevice nic : nics) {
            if (nic.received().areThere()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void take(Sink sink) throws IOException {
        for (int i = 0; i < nics.size(); i++) {
            nics.get(i).received().take(i, sink);
        }
    }

    @Override
    public PausedFrames atPause() {
        List<Long> received = new ArrayList<>();
        List<FrameBatch> held = new ArrayList<>();
        for (int i = 0; i < nics.size(); i++) {
            NetDevice nic = nics.get(i);
            received.add(nic.receivedAtPause());
            Optional<FrameBatch> batch = nic.heldAtPause(i);
            batch.ifPresent(held::add);
        }
        return new PausedFrames(received, held);
    }

    @Override
    public void replay(LoggedFrames logged) {
        for (FrameBatch batch : logged.received()) {
            replay(batch, false);
        }
        for (FrameBatch batch : logged.held()) {
            replay(batch, true);
        }
    }

    private void replay(FrameBatch batch, boolean held) {
        if (batch.nic() < 0 || batch.nic() >= nics.size() || FrameBatch.count(batch.data()) < 1) {
            LOG.warn("frames for NIC {} of {} are left out: they make no sense", batch.nic(), nics.size());
        } else if (held) {
            nics.get(batch.nic()).resend(batch);
        } else {
            nics.get(batch.nic()).replay(batch);
        }
    }
}
