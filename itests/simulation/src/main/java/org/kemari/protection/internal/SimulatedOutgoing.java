package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.simulation.Connection;
import org.kemari.simulation.Coverage.Event;
import org.kemari.simulation.Guest;
import org.kemari.simulation.Host;
import org.kemari.simulation.Machine;
import org.kemari.simulation.Tap;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;
import org.kemari.statetransfer.internal.wire.CheckpointDigest;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.SimulatedWire;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** The primary's end of a session: what {@code state-transfer} does, in Kemari's own frames. */
final class SimulatedOutgoing implements Connection.Receiver {
    private static final long REACH_NANOS = 5_000_000_000L;
    private static final long REACH_RETRY_NANOS = 200_000_000L;
    private static final long ANSWER_NANOS = 10_000_000_000L;
    static final long MEMORY_BYTES = 1 << 20;
    static final DomainIdentity IDENTITY = new DomainIdentity(
            SimulatedKemari.DOMAIN,
            new MachineIdentity("simulated", "1", "m", "c", "a"),
            MEMORY_BYTES,
            1,
            "kernel",
            List.of(new DomainIdentity.Disk("disk0", Guest.DISK_BYTES, "mirrored", false, 1)),
            List.of());

    static final Limits LIMITS = new Limits(MEMORY_BYTES >> 12, List.of((long) Guest.DISK_BYTES));

    /** Told on the session's reading thread, possibly late. */
    interface Listener {
        void opened();

        void committed(long epoch);

        void ended(String reason);
    }

    private final Host host;
    private final World world;
    private final Host standby;
    private final long session;
    private final long generation;
    private final Machine machine;
    private final Optional<ImageId> resumedFrom;
    private final Listener listener;
    private final SimulatedWire.Input input;
    private Connection.End link;
    private FrameWriter writer;
    private boolean closed;
    private boolean accepted;
    private boolean over;
    private int lacking = -1; // pages; -1: the standby has nothing
    private boolean retained;
    private DiskPlan plan = DiskPlan.NONE;
    private boolean changesKnown;
    private int blocksToSend;
    private Runnable whenSynced;
    private long sentEpoch;
    private long committedEpoch;
    private long relayNanos;
    private final Deque<Runnable> untold = new ArrayDeque<>();

    SimulatedOutgoing(
            Host host,
            Host standby,
            long session,
            long generation,
            Machine machine,
            Optional<ImageId> resumedFrom,
            Listener listener) {
        this.host = host;
        this.world = host.world;
        this.standby = standby;
        this.session = session;
        this.generation = generation;
        this.machine = machine;
        this.resumedFrom = resumedFrom;
        this.listener = listener;
        this.input = new SimulatedWire.Input(standby.name, session);
    }

    long session() {
        return session;
    }

    /** What the reading thread has to tell; now and then it is held up on its way. */
    private void relay(Runnable news) {
        long now = world.agenda.nowNanos();
        boolean heldUp = !world.isHealed() && world.dice.chance(world.plan.heldUp());
        long delay = heldUp ? world.dice.millis(5, 1_500) : world.dice.micros(1, 20);
        relayNanos = Math.max(relayNanos + 1, now + delay);
        untold.add(news);
        // in order, whatever becomes of the order when a host stands still for a while: it is one thread
        host.later(relayNanos - now, () -> untold.remove().run());
    }

    // ---- opening

    void open() {
        attempt(world.agenda.nowNanos() + REACH_NANOS);
    }

    private void attempt(long giveUpNanos) {
        int path = world.dice.below(world.plan.paths());
        host.connect(standby, path, this::made, () -> {
            if (world.agenda.nowNanos() >= giveUpNanos) {
                end("host " + standby + " cannot be reached");
            } else if (!closed) {
                host.later(REACH_RETRY_NANOS, () -> attempt(giveUpNanos));
            }
        });
    }

    private void made(Connection.End made) {
        if (closed) {
            made.close();
            return;
        }
        link = made;
        link.setReceiver(this);
        writer = SimulatedWire.writer(standby.name, session, link::send);
        DiskBase log = new DiskBase(host.disk.logSession(standby.name), true, true);
        write(new WireMessage.Hello(IDENTITY, generation, 0, resumedFrom, List.of(log)), 0);
        host.later(ANSWER_NANOS, () -> {
            if (!accepted) {
                end("host " + standby + " does not answer");
            }
        });
    }

    private int write(WireMessage message, long epoch) {
        try {
            return writer.write(message, epoch);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- what the standby says

    @Override
    public void received(byte[] bytes) {
        input.add(bytes);
        try {
            while (!input.isIncomplete() && !over) {
                FrameHeader header = input.header();
                handle(header, input.payload(header, LIMITS));
            }
        } catch (WireException e) {
            throw new IllegalStateException("the standby broke the protocol", e);
        } catch (IOException e) {
            end(e.toString());
        }
    }

    private void handle(FrameHeader header, WireMessage message) {
        if (message instanceof WireMessage.Accept accept) {
            accepted = true;
            retained = accept.retained().isPresent();
            plan = accept.plans().get(0);
            blocksToSend = plan == DiskPlan.COPY ? (1 << Guest.BLOCKS) - 1 : 0;
            world.coverage.count(plan == DiskPlan.DELTA ? Event.SYNCS_OF_CHANGED_BLOCKS : Event.FULL_SYNCS);
            openedIfComplete();
        } else if (message instanceof WireMessage.DiskChanges changes) {
            blocksToSend = (int) changes.bits().order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            changesKnown = true;
            openedIfComplete();
        } else if (message instanceof WireMessage.Lacking part) {
            world.coverage.count(Event.SYNCS_OF_RETAINED_MEMORY);
            lacking = 0;
            for (int i = 0; i < PageRuns.count(part.runs()); i++) {
                lacking |= 1 << PageRuns.first(part.runs(), i);
            }
            openedIfComplete();
        } else if (message instanceof WireMessage.Refuse refuse) {
            world.coverage.count(Event.REFUSED_OFFERS);
            end(refuse.reason());
        } else if (message instanceof WireMessage.Synced) {
            Runnable task = whenSynced;
            relay(task);
        } else if (message instanceof WireMessage.Committed) {
            committed(header.epoch());
        } else if (message instanceof WireMessage.Error error) {
            end("the standby gave up: " + error.reason());
        } else {
            throw new IllegalStateException("an answer of the kind " + header.type());
        }
    }

    /** The standby has said all that it has to say before anything is sent. */
    private void openedIfComplete() {
        if ((plan != DiskPlan.DELTA || changesKnown) && (!retained || lacking >= 0)) {
            relay(listener::opened);
        }
    }

    private void committed(long epoch) {
        if (epoch != committedEpoch + 1 || epoch > sentEpoch) {
            throw new IllegalStateException("checkpoint " + epoch + " acknowledged after " + committedEpoch);
        }
        committedEpoch = epoch;
        relay(() -> listener.committed(epoch));
    }

    @Override
    public void ended(String reason) {
        SimulatedKemari.readTruncated(world, input);
        end(reason);
    }

    private void end(String reason) {
        if (!over) {
            over = true;
            if (sentEpoch > committedEpoch + 1) {
                world.coverage.count(Event.LOSSES_BETWEEN_TWO_COMMITS);
            }
            accepted = true;
            if (link != null) {
                link.close();
            }
            relay(() -> listener.ended(reason));
        }
    }

    void close() {
        closed = true;
        stragglers();
        if (link != null) {
            link.close();
        }
        host.disk.track(false);
    }

    /** What this session has acknowledged is heard once more, when perhaps the next one has begun. */
    private void stragglers() {
        boolean many = world.plan.variant() == Variant.OLD_ACKNOWLEDGEMENT;
        if (committedEpoch == 0 || !many && !world.dice.chance(0.3)) {
            return;
        }
        for (int i = many ? 100 : 3; i > 0; i--) {
            long epoch = world.dice.between(1, Math.min(committedEpoch, 4));
            host.later(world.dice.millis(0, 1_500), () -> listener.committed(epoch));
        }
    }

    // ---- what the primary sends

    /** Memory and disks while the guest runs. */
    void syncLive(Runnable done) {
        Guest guest = machine.guest();
        if (lacking < 0) {
            guest.allDirty();
        } else {
            guest.putBackDirty(lacking | guest.written());
        }
        host.disk.track(true);
        if (plan == DiskPlan.DELTA) {
            blocksToSend |= host.disk.loggedBlocks(standby.name);
        }
        whenSynced = done;
        round(1, blocksToSend);
    }

    private void round(int number, int blocks) {
        if (over || closed) {
            return;
        }
        sendBlocks(blocks);
        sendPages(machine.guest(), machine.guest().takeDirty(), 0, new CheckpointDigest());
        boolean last = number >= 2;
        write(new WireMessage.Round(number, last, 0), 0);
        if (!last) {
            host.later(world.dice.micros(500, 20_000), () -> round(number + 1, host.disk.takeTracked()));
        }
    }

    /** What has been written to the disk since, while outputs are held. */
    void syncDisks(Runnable done) {
        host.later(world.dice.micros(50, 2_000), () -> {
            if (!over && !closed) {
                sendBlocks(host.disk.takeTracked());
                done.run();
            }
        });
    }

    private void sendBlocks(int blocks) {
        for (int block = 0; block < Guest.BLOCKS && !world.plan.sharedDisk(); block++) {
            if ((blocks & 1 << block) == 0) {
                continue;
            }
            int content = host.disk.read(block);
            long offset = (long) block * Guest.BLOCK_BYTES;
            write(
                    content == 0
                            ? new WireMessage.DiskZero(0, offset, Guest.BLOCK_BYTES)
                            : new WireMessage.Disk(0, offset, little(4).putInt(0, content)),
                    0);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Captures at once, sends bit by bit. */
    void checkpoint(long epoch, Tap tap, Runnable sent) {
        Guest guest = machine.guest();
        TapSnapshot rings = tap.prepare(epoch);
        byte[] memory = guest.memory();
        world.outside.captures(session, epoch, memory);
        int pages = guest.takeDirty();
        sentEpoch = epoch;
        if (epoch > committedEpoch + 1) {
            world.coverage.count(Event.CHECKPOINTS_BEHIND_ANOTHER);
        }
        CheckpointDigest digest = new CheckpointDigest();
        write(new WireMessage.CheckpointBegin(), epoch);
        byte[] state = new byte[] {(byte) epoch};
        // what is sent later is what was captured
        Guest captured = Guest.in(memory);
        host.later(pause(), () -> {
            int frames = sendPages(captured, pages, epoch, digest) + sendAhead(tap.takeWrittenAhead(), epoch, digest);
            host.later(pause(), () -> {
                digest.add(write(new WireMessage.DeviceState(0, 1, ByteBuffer.wrap(state)), epoch));
                digest.add(write(new WireMessage.Rings(rings), epoch));
                write(new WireMessage.CheckpointEnd(frames + 2, Integer.bitCount(pages), digest.value()), epoch);
                sent.run();
            });
        });
    }

    private int sendPages(Guest guest, int pages, long epoch, CheckpointDigest digest) {
        int frames = 0;
        for (int page = 0; page < Guest.PAGES; page++) {
            if ((pages & 1 << page) != 0) {
                ByteBuffer run = little(PageRuns.BYTES).putInt(0, page).putInt(4, 1);
                digest.add(write(new WireMessage.Pages(run, ByteBuffer.wrap(guest.page(page))), epoch));
                frames++;
            }
        }
        return frames;
    }

    private int sendAhead(List<Integer> outputs, long epoch, CheckpointDigest digest) {
        for (int output : outputs) {
            long offset = (long) world.blockOf(output) * Guest.BLOCK_BYTES;
            digest.add(write(new WireMessage.Disk(0, offset, little(4).putInt(0, output)), epoch));
        }
        return outputs.size();
    }

    private long pause() {
        return world.dice.chance(0.03) ? world.dice.millis(1, 100) : world.dice.micros(20, 800);
    }

    void sendJoined(OwnershipRecord record) {
        write(new WireMessage.Joined(record), 0);
    }

    void sendFarewell(Farewell farewell, String detail) {
        if (writer != null) {
            write(new WireMessage.Farewell(farewell, detail), 0);
        }
    }
}
