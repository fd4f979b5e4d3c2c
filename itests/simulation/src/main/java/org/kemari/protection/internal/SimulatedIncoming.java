package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.simulation.Connection;
import org.kemari.simulation.Coverage.Event;
import org.kemari.simulation.Guest;
import org.kemari.simulation.Host;
import org.kemari.simulation.Image;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.SimulatedWire;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** The standby's end of a session: what {@code state-transfer} does, in Kemari's own frames. */
final class SimulatedIncoming implements Connection.Receiver {
    /** The conductor, as it is told; on the session's own threads. */
    interface Slot {
        void applied(long epoch);

        void imageLost(String reason);

        void joined(OwnershipRecord record);

        void farewell(Farewell farewell, String detail);

        void ended(String reason);
    }

    private static final class Staged {
        final long epoch;
        final List<WireMessage.Pages> pages = new ArrayList<>();
        final List<Integer> ahead = new ArrayList<>();
        final CheckpointDigest digest = new CheckpointDigest();
        int frames;
        TapSnapshot rings;

        Staged(long epoch) {
            this.epoch = epoch;
        }
    }

    private final Host host;
    private final World world;
    private final Connection.End link;
    private final Consumer<SimulatedIncoming> gate;
    private final SimulatedWire.Input input;
    private StandbyOffer offer;
    private long primaryLog;
    private FrameWriter writer;
    private Slot slot;
    private Image image;
    private Staged staged;
    private final Deque<Object> queue = new ArrayDeque<>(); // Staged, Joined, Farewell or the reason of the end
    private boolean applying;
    private boolean stopped;
    private boolean lost;
    private boolean ended;
    private boolean received; // nothing more comes
    private long lastEpoch;
    private long appliedEpoch;
    private long executedSequence;
    private Runnable whenIdle;

    SimulatedIncoming(Host host, Connection.End link, Consumer<SimulatedIncoming> gate) {
        this.host = host;
        this.world = host.world;
        this.link = link;
        this.gate = gate;
        this.input = new SimulatedWire.Input(link.peer());
        link.setReceiver(this);
    }

    StandbyOffer offer() {
        return offer;
    }

    long committedEpoch() {
        return lastEpoch;
    }

    private void write(WireMessage message, long epoch) {
        try {
            writer.write(message, epoch);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- the offer

    void refuse(String reason) {
        write(new WireMessage.Refuse(reason), 0);
        stopped = true;
        link.close();
    }

    /**
     * The gate has let the domain in.
     *
     * @param retained what the memory holds, and which pages of it are others; empty: it is all zero
     */
    void serve(Slot given, Image begin, Optional<ImageId> retained, int changedPages) {
        slot = given;
        image = begin;
        boolean logged = primaryLog != 0 && primaryLog == host.disk.logSession(offer.primary());
        DiskPlan plan = world.plan.sharedDisk() ? DiskPlan.NONE : logged ? DiskPlan.DELTA : DiskPlan.COPY;
        write(new WireMessage.Accept(0, 1 << 20, retained, List.of(plan)), 0);
        if (plan == DiskPlan.DELTA) {
            int blocks = world.plan.variant() == Variant.NO_CHANGE_LOG ? 0 : host.disk.loggedBlocks(offer.primary());
            ByteBuffer bits =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, blocks);
            write(new WireMessage.DiskChanges(0, 0, true, bits), 0);
        }
        if (retained.isPresent()) {
            ByteBuffer runs = ByteBuffer.allocate(Guest.PAGES * PageRuns.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int page = 0; page < Guest.PAGES; page++) {
                if ((changedPages & 1 << page) != 0) {
                    runs.putInt(page).putInt(1);
                }
            }
            write(new WireMessage.Lacking(true, runs.flip()), 0);
        }
        read();
    }

    // ---- receiving

    @Override
    public void received(byte[] bytes) {
        input.add(bytes);
        read();
    }

    private void read() {
        try {
            while (!stopped && !received && !(offer != null && slot == null) && !input.isIncomplete()) {
                FrameHeader header = input.header();
                handle(header, input.payload(header, SimulatedOutgoing.LIMITS));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the primary broke the protocol", e);
        }
    }

    private void handle(FrameHeader header, WireMessage message) {
        if (message instanceof WireMessage.Hello hello) {
            offer = new StandbyOffer(
                    link.peer(), hello.identity(), hello.generation(), header.session(), hello.resumedFrom());
            primaryLog = hello.logs().get(0).session();
            writer = SimulatedWire.writer(link.peer(), header.session(), link::send);
            gate.accept(this);
        } else if (message instanceof WireMessage.Farewell farewell) {
            received = true;
            staged = null;
            add(farewell);
        } else if (staged != null) {
            inside(header, message);
        } else if (message instanceof WireMessage.CheckpointBegin) {
            if (header.epoch() != lastEpoch + 1) {
                throw new IllegalStateException("checkpoint " + header.epoch() + " after " + lastEpoch);
            }
            staged = new Staged(header.epoch());
        } else if (message instanceof WireMessage.Joined) {
            add(message);
        } else if (message instanceof WireMessage.Round round) {
            if (round.last()) {
                write(new WireMessage.Synced(), 0);
            }
        } else if (message instanceof WireMessage.Pages pages) {
            apply(pages);
        } else if (message instanceof WireMessage.Disk disk) {
            put(
                    (int) (disk.offset() / Guest.BLOCK_BYTES),
                    disk.data().order(ByteOrder.LITTLE_ENDIAN).getInt(0));
        } else if (message instanceof WireMessage.DiskZero zero) {
            put((int) (zero.offset() / Guest.BLOCK_BYTES), 0);
        } else {
            throw new IllegalStateException("a frame of the kind " + header.type());
        }
    }

    private void put(int block, int content) {
        if (world.plan.sharedDisk()) {
            throw new IllegalStateException("a shared disk is not copied");
        }
        host.disk.note(block);
        host.disk.write(block, content);
    }

    private void apply(WireMessage.Pages pages) {
        byte[] data = new byte[Guest.PAGE_BYTES];
        pages.data().duplicate().get(data);
        image.put((int) PageRuns.first(pages.runs(), 0), data);
    }

    private void inside(FrameHeader header, WireMessage message) {
        if (message instanceof WireMessage.CheckpointEnd end) {
            if (end.frames() != staged.frames || end.digest() != staged.digest.value() || staged.rings == null) {
                throw new IllegalStateException("checkpoint " + staged.epoch + " is not what was announced");
            }
            commit();
            return;
        }
        if (message instanceof WireMessage.Pages pages) {
            if (world.plan.variant() == Variant.PARTIAL_CHECKPOINT) {
                apply(pages);
            } else {
                staged.pages.add(pages);
            }
        } else if (message instanceof WireMessage.Disk disk) {
            staged.ahead.add(disk.data().order(ByteOrder.LITTLE_ENDIAN).getInt(0));
        } else if (message instanceof WireMessage.Rings rings) {
            staged.rings = rings.snapshot();
            if (world.plan.variant() == Variant.REPLAY_UNCOMMITTED) {
                staged.pages.forEach(this::apply);
                replay(staged.rings);
            }
        }
        staged.frames++;
        staged.digest.add(header.crc());
    }

    private void commit() {
        Staged whole = staged;
        staged = null;
        lastEpoch = whole.epoch;
        world.outside.commits(offer.session(), whole.epoch);
        if (whole.epoch == 1 && !world.plan.sharedDisk()) {
            host.disk.startLog(offer.primary(), offer.session());
        }
        add(whole);
        write(new WireMessage.Committed(), whole.epoch);
    }

    @Override
    public void ended(String reason) {
        SimulatedKemari.readTruncated(world, input);
        received = true;
        staged = null;
        if (slot != null) {
            add(reason);
        } else {
            stopped = true;
        }
    }

    // ---- applying

    private void add(Object item) {
        queue.add(item);
        applyLater();
    }

    private void applyLater() {
        if (!applying && !queue.isEmpty()) {
            applying = true;
            long delay = world.dice.chance(0.02) ? world.dice.millis(1, 150) : world.dice.micros(20, 500);
            host.later(delay, this::applyNext);
        }
    }

    private void applyNext() {
        applying = false;
        Object item = queue.poll();
        if (item instanceof Staged checkpoint && !lost) {
            apply(checkpoint);
        } else if (!stopped) {
            tell(item);
        }
        if (queue.isEmpty() && whenIdle != null) {
            whenIdle.run();
            whenIdle = null;
        }
        applyLater();
    }

    private void tell(Object item) {
        if (item instanceof WireMessage.Joined joined) {
            slot.joined(joined.record());
        } else if (item instanceof WireMessage.Farewell farewell) {
            slot.farewell(farewell.kind(), farewell.detail());
            add("the primary ended the session");
        } else if (item instanceof String reason) {
            end(reason);
        }
    }

    private void end(String reason) {
        if (!ended) {
            ended = true;
            link.close();
            slot.ended(reason);
        }
    }

    private void apply(Staged checkpoint) {
        checkpoint.pages.forEach(this::apply);
        appliedEpoch = checkpoint.epoch;
        world.outside.imageIs(host, offer.session(), checkpoint.epoch, image.memory());
        if (!world.plan.sharedDisk() && world.plan.variant() != Variant.NO_REPLAY) {
            if (host.disk.isFailing() && world.dice.chance(0.3)) {
                world.coverage.count(Event.STANDBY_DISK_FAILURES);
                lost = true;
                queue.clear();
                slot.imageLost("a committed checkpoint could not be applied");
                write(new WireMessage.Error("a committed checkpoint could not be applied"), 0);
                end("a committed checkpoint could not be applied");
                return;
            }
            checkpoint.ahead.forEach(this::replay);
            replay(checkpoint.rings);
        }
        if (!world.plan.sharedDisk()) {
            world.outside.diskFits(host, Guest.in(image.memory()), true);
        }
        if (!stopped) {
            slot.applied(checkpoint.epoch);
        }
    }

    /** Executes what is pending in the rings and has not been executed for an earlier checkpoint. */
    private void replay(TapSnapshot rings) {
        for (InFlight request : rings.devices().get(0).rings().get(0).inFlight()) {
            if (request.sequence() > executedSequence) {
                executedSequence = request.sequence();
                replay(image.requestAt(request.head()));
            }
        }
    }

    private void replay(int output) {
        world.outside.replays(host, offer.session(), output);
        host.disk.note(world.blockOf(output));
        host.disk.write(world.blockOf(output), output);
    }

    // ---- the end

    /** Takes no more; tells the epoch of the image, which is then exactly that checkpoint; 0: there is none. */
    void seal(Consumer<Long> epoch) {
        stopped = true;
        received = true;
        link.close();
        Runnable done = () -> epoch.accept(lost ? 0 : appliedEpoch);
        if (queue.isEmpty() && !applying) {
            done.run();
        } else {
            whenIdle = done;
        }
    }

    void abandon(String reason) {
        if (world.plan.variant() == Variant.OLD_STREAM && reason.equals(SimulatedStandby.SUPERSEDED)) {
            return;
        }
        lost = true;
        if (!stopped && writer != null && link.isOpen()) {
            write(new WireMessage.Error(reason), 0);
        }
        stopped = true;
        queue.clear();
        link.close();
    }

    Image image() {
        return image;
    }

    long session() {
        return offer.session();
    }
}
