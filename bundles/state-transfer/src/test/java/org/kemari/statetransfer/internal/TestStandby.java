package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StandbyGate;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;

/** A gate that lets one domain in and remembers what it is told. */
public final class TestStandby implements StandbyGate, StandbySlot {
    private final DomainDefinition definition;
    private final DomainPaths paths;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Long> applied = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile IncomingSession session;
    private volatile StandbyOffer offer;
    private volatile String refusal = "";
    private volatile Consumer<CommittedCheckpoint> onApplied = checkpoint -> {};
    private volatile Waiting whenAsked = () -> {};
    private volatile long failAtEpoch = -1;
    private volatile Optional<ImageId> retained = Optional.empty();
    private volatile long pid = ProcessHandle.current().pid();

    public TestStandby(DomainDefinition definition, DomainPaths paths) {
        this.definition = definition;
        this.paths = paths;
    }

    public void refuse(String reason) {
        refusal = reason;
    }

    public void onApplied(Consumer<CommittedCheckpoint> action) {
        onApplied = action;
    }

    /** What happens before it lets anybody in. */
    public void whenAsked(Waiting action) {
        whenAsked = action;
    }

    /** Something that may take its time. */
    public interface Waiting {
        void run() throws InterruptedException;
    }

    public void failAt(long epoch) {
        failAtEpoch = epoch;
    }

    /** The RAM file still holds this image, but for what a process has done to it. */
    public void retains(ImageId image, long process) {
        retained = Optional.of(image);
        pid = process;
    }

    public IncomingSession session() {
        return session;
    }

    /** The last one. */
    public StandbyOffer offer() {
        return offer;
    }

    /** What came besides checkpoints, in order. */
    public List<String> told() {
        return told;
    }

    public synchronized List<Long> applied() {
        return List.copyOf(applied);
    }

    public void awaitEnded() throws InterruptedException {
        ended.await();
    }

    @Override
    public StandbySlot open(StandbyOffer given, IncomingSession incoming) throws RefusedException {
        session = incoming;
        offer = given;
        try {
            whenAsked.run();
        } catch (InterruptedException e) {
            throw new RefusedException("interrupted");
        }
        if (!refusal.isEmpty()) {
            throw new RefusedException(refusal);
        }
        return this;
    }

    @Override
    public DomainDefinition definition() {
        return definition;
    }

    @Override
    public DomainPaths paths() {
        return paths;
    }

    @Override
    public Optional<ImageId> retained() {
        return retained;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public synchronized void applied(CommittedCheckpoint checkpoint) throws IOException {
        if (checkpoint.epoch() == failAtEpoch) {
            throw new IOException("the disk is broken, as the test wants it");
        }
        applied.add(checkpoint.epoch());
        onApplied.accept(checkpoint);
    }

    @Override
    public void joined(OwnershipRecord record) {
        told.add("joined " + record.generation() + " after " + applied().size());
    }

    @Override
    public void farewell(Farewell farewell, String detail) {
        told.add(farewell + " " + detail);
    }

    @Override
    public void imageLost(String reason) {
        told.add("image lost: " + reason);
    }

    @Override
    public void ended(String reason) {
        told.add("ended: " + reason);
        ended.countDown();
    }

    public Optional<String> last() {
        return told.isEmpty() ? Optional.empty() : Optional.of(told.get(told.size() - 1));
    }
}
