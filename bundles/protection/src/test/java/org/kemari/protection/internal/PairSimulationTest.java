package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;
import org.kemari.api.protection.DomainState;

/**
 * Runs both state machines against each other through random schedules: messages and answers of the arbiter are delayed
 * or lost, compare-and-sets land late, hosts crash, peers are suspected without cause. After every step no output may
 * have been executed that the host which runs the guest next does not know of.
 */
class PairSimulationTest {
    private static final int SCHEDULES = 20_000;
    private static final int STEPS = 250;

    /** What is wrong on purpose. */
    private enum Fault {
        NONE,
        NO_HOLD,
        /** With each epoch the one that is in flight behind it is released. */
        RELEASE_AHEAD
    }

    @Test
    void noScheduleLosesAnOutputOrMakesTwoOwners() {
        int takeovers = 0;
        int protectedRuns = 0;
        int pipelined = 0;
        int lostBetween = 0;
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            World world = new World(seed, Fault.NONE);
            try {
                for (int i = 0; i < STEPS; i++) {
                    world.step();
                }
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\n" + String.join("\n", world.log), e);
            }
            takeovers += world.west.runs ? 1 : 0;
            protectedRuns += world.everProtected ? 1 : 0;
            pipelined += world.pipelined ? 1 : 0;
            lostBetween += world.lostBetween ? 1 : 0;
        }
        assertThat(takeovers).as("schedules with a takeover").isGreaterThan(SCHEDULES / 20);
        assertThat(protectedRuns).as("schedules with protection").isGreaterThan(SCHEDULES / 4);
        assertThat(pipelined).as("schedules with several epochs in flight").isGreaterThan(SCHEDULES / 10);
        assertThat(lostBetween)
                .as("schedules that lost one of the hosts between the commits of two epochs in flight")
                .isGreaterThan(SCHEDULES / 100);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void releasingBeforeTheCommitIsCaught(Fault fault) {
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            World world = new World(seed, fault);
            try {
                for (int i = 0; i < STEPS; i++) {
                    world.step();
                }
            } catch (AssertionError e) {
                return;
            }
        }
        fail(fault + " was not caught in " + SCHEDULES + " schedules");
    }

    /** What a host has: the guest is the set of outputs that it has produced. */
    private static final class Host {
        boolean alive = true;
        boolean runs;
        Set<Integer> guest = new TreeSet<>();
    }

    private static final class World implements Arbiter {
        final Random random;
        final Fault fault;
        final List<String> log = new ArrayList<>();
        final Host east = new Host();
        final Host west = new Host();
        final PrimaryMachine primary;
        final ReleaseGate gate = new ReleaseGate(this::release);
        StandbyMachine standby;
        Optional<OwnershipRecord> record = Optional.empty();
        final Deque<Runnable> late = new ArrayDeque<>(); // compare-and-sets of unknown outcome that may still land
        final List<Runnable> eastInbox = new ArrayList<>();
        final List<Runnable> westInbox = new ArrayList<>();
        final Deque<Runnable> link = new ArrayDeque<>(); // east to west, in order
        final Deque<Runnable> acks = new ArrayDeque<>(); // west to east, in order
        long now = 1_000_000_000L;
        long session;
        boolean linkUp;
        boolean holding;
        boolean everProtected;
        boolean pipelined;
        boolean lostBetween;
        long committed; // epoch of the last commit
        int outputs;
        Set<Integer> pending = new TreeSet<>();
        final List<Set<Integer>> prepared = new ArrayList<>(); // outputs by epoch
        Set<Integer> executed = new TreeSet<>();
        Set<Integer> image = new TreeSet<>(); // outputs that the last commit knows of

        World(long seed, Fault fault) {
            this.random = new Random(seed);
            this.fault = fault;
            ProtectionSettings settings = new ProtectionSettings(
                    List.of(),
                    true,
                    FencePolicy.AUTO,
                    ProtectionSettings.DEFAULT.maxEpochAge(),
                    Duration.ZERO,
                    WritePolicy.HOLD,
                    1 + (int) (seed % 3),
                    Duration.ofMillis(seed % 2 == 0 ? 0 : 100));
            this.primary = new PrimaryMachine(settings, new Redundancy("east", settings), () -> ++this.session);
            toEast(new Event.StartRequested());
        }

        void say(String what) {
            log.add(what);
        }

        // ---- the arbiter: exact, but answers may get lost, and requests may arrive late

        @Override
        public Optional<OwnershipRecord> read(String domain) {
            return record;
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            int luck = random.nextInt(10);
            if (luck == 0) {
                late.add(() -> set(expected, next));
                return new CasOutcome.Unknown("lost, may land");
            }
            boolean done = set(expected, next);
            if (luck == 1) {
                return new CasOutcome.Unknown("answer lost");
            }
            return done ? new CasOutcome.Won(next) : new CasOutcome.Lost(record);
        }

        private boolean set(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            if (!record.equals(expected)) {
                return false;
            }
            say("record " + next);
            record = Optional.of(next);
            return true;
        }

        // ---- one step

        void step() {
            now += random.nextInt(60_000_000);
            switch (random.nextInt(12)) {
                case 0, 1 -> output();
                case 2, 3, 4 -> run(eastInbox, east);
                case 5, 6 -> run(westInbox, west);
                case 7, 8 -> deliver();
                case 9 -> {
                    toEastNow(new Event.Tick());
                    toWestNow(new Event.Tick());
                    if (!late.isEmpty() && random.nextBoolean()) {
                        late.poll().run();
                    }
                }
                case 10 -> operate();
                default -> disaster();
            }
            everProtected |= primary.state() == DomainState.PROTECTED;
        }

        private void run(List<Runnable> inbox, Host host) {
            if (host.alive && !inbox.isEmpty()) {
                inbox.remove(0).run();
            }
        }

        private void deliver() {
            Deque<Runnable> which = random.nextBoolean() ? link : acks;
            if (!which.isEmpty()) {
                which.poll().run();
            }
        }

        private void operate() {
            if (random.nextInt(3) > 0 && primary.state() == DomainState.SOLO && east.alive && standby == null) {
                toEast(new Event.ProtectRequested("west"));
            } else if (random.nextInt(12) == 0 && primary.state() != DomainState.SOLO) {
                toEast(new Event.UnprotectRequested());
            } else if (random.nextInt(4) == 0 && primary.state() == DomainState.PROTECTED) {
                toEast(new Event.SwitchoverRequested());
            } else if (random.nextInt(12) == 0 && standby != null) {
                toWest(new Event.TakeoverRequested());
            }
        }

        private void disaster() {
            int what = random.nextInt(40);
            if (what == 0 && east.alive) {
                say("east crashes");
                east.alive = false;
                east.runs = false;
                cut();
                toWest(new Event.PeerLost("east", "reset"));
            } else if (what == 1 && west.alive && !west.runs) {
                say("west crashes");
                west.alive = false;
                cut();
                toEast(new Event.PeerLost("west", "reset"));
            } else if (what < 4) {
                cut();
            } else if (what == 4) {
                toEast(new Event.PeerLost("west", "suspected"));
            } else if (what == 5) {
                toWest(new Event.PeerLost("east", "suspected"));
            }
        }

        private void cut() {
            if (linkUp) {
                say("link cut");
                linkUp = false;
                lostBetween |= everProtected && committed > 1 && prepared.size() > committed;
                link.clear();
                acks.clear();
                long s = session;
                toEast(new Event.SessionEnded(s, "cut"));
                toWest(new Event.SessionEnded(s, "cut"));
            }
        }

        // ---- outputs

        private void output() {
            if (!east.runs) {
                return;
            }
            int id = ++outputs;
            east.guest.add(id);
            if (holding && fault != Fault.NO_HOLD) {
                pending.add(id);
                toEast(new Event.OutputHeld());
            } else {
                execute(Set.of(id));
            }
        }

        private void execute(Set<Integer> ids) {
            if (ids.isEmpty()) {
                return;
            }
            executed.addAll(ids);
            say("east executes " + ids);
            OwnershipRecord r = record.orElseThrow();
            boolean free = r.owner().equals("east") && r.standby().isEmpty();
            if (!free && !image.containsAll(ids)) {
                fail("executed " + ids + " although the record is " + r + " and the image knows " + image);
            }
            if (west.runs && !west.guest.containsAll(ids)) {
                fail("executed " + ids + " after the takeover of " + west.guest);
            }
        }

        // ---- the machines

        void toEast(Event event) {
            eastInbox.add(() -> toEastNow(event));
        }

        void toWest(Event event) {
            StandbyMachine addressee = standby;
            westInbox.add(() -> {
                if (addressee == standby) {
                    toWestNow(event);
                }
            });
        }

        private void toEastNow(Event event) {
            if (east.alive) {
                if (primary.countsHeld()) {
                    primary.held(pending.size(), now);
                }
                List<Action> actions = List.copyOf(primary.handle(event, now));
                gate.open(primary.releasing());
                actions.forEach(this::atEast);
            }
        }

        private void toWestNow(Event event) {
            if (west.alive && standby != null) {
                List.copyOf(standby.handle(event, now)).forEach(this::atWest);
                if (standby.state() == DomainState.STOPPED) {
                    standby = null;
                }
            }
        }

        private void atEast(Action action) {
            say("east: " + action);
            if (action instanceof Action.Ask a) {
                Claims claims = new Claims("web", "east");
                eastInbox.add(() -> {
                    ClaimResult result = claims.ask(this, a.claim());
                    toEast(new Event.ClaimEnded(a.claim(), result));
                });
            } else if (action instanceof Action.Launch) {
                east.runs = true;
                toEast(new Event.Launched());
            } else if (action instanceof Action.OpenSession a) {
                if (!west.alive || standby != null) {
                    toEast(new Event.SessionEnded(a.session(), "refused"));
                    return;
                }
                linkUp = true;
                image = new TreeSet<>();
                prepared.clear();
                committed = 0;
                standby = new StandbyMachine("east", primary.generation(), a.session(), 500_000_000L, false, 0);
                toEast(new Event.SessionOpened(a.session()));
            } else if (action instanceof Action.SyncLive) {
                toEast(new Event.SyncDone(primary.session()));
            } else if (action instanceof Action.HoldOutputs) {
                holding = true;
                toEast(new Event.OutputsHeld(primary.session()));
            } else if (action instanceof Action.Drain) {
                toEast(new Event.Drained(primary.session()));
            } else if (action instanceof Action.TakeCheckpoint a) {
                checkpoint(a.epoch());
            } else if (action instanceof Action.Release a) {
                release(a.epoch());
            } else if (action instanceof Action.PassThrough) {
                holding = false;
                Set<Integer> out = new TreeSet<>(pending);
                prepared.forEach(out::addAll);
                prepared.clear();
                pending.clear();
                execute(out);
            } else if (action instanceof Action.SendJoined a && linkUp) {
                link.add(() -> toWest(new Event.Joined(a.record())));
            } else if (action instanceof Action.SayFarewell a && linkUp) {
                link.add(() -> toWest(new Event.PrimarySaid(a.farewell(), a.detail())));
            } else if (action instanceof Action.CloseSession && linkUp) {
                linkUp = false;
                acks.clear();
                StandbyMachine addressee = standby;
                link.add(() -> {
                    if (addressee == standby) {
                        toWest(new Event.SessionEnded(0, "closed"));
                    }
                });
            } else if (action instanceof Action.Destroy || action instanceof Action.Retire) {
                east.runs = false;
                holding = true;
            }
        }

        private void release(long epoch) {
            if (!east.alive) {
                return;
            }
            long last = Math.min(prepared.size(), fault == Fault.RELEASE_AHEAD ? epoch + 1 : epoch);
            Set<Integer> out = new TreeSet<>();
            for (int e = 0; e < last; e++) {
                out.addAll(prepared.get(e));
                prepared.set(e, Set.of());
            }
            execute(out);
        }

        private void checkpoint(long epoch) {
            assertThat(epoch).isEqualTo(prepared.size() + 1);
            assertThat(primary.state() == DomainState.PROTECTED || epoch == 1).isTrue();
            pipelined |= epoch > committed + 1;
            prepared.add(Set.copyOf(pending));
            pending.clear();
            Set<Integer> state = new TreeSet<>(east.guest);
            long s = primary.session();
            StandbyMachine addressee = standby;
            toEast(new Event.CheckpointSent(s, epoch));
            if (linkUp) {
                link.add(() -> {
                    if (addressee != standby || standby == null || !west.alive || west.runs) {
                        return;
                    }
                    if (standby.state() == DomainState.TAKING_OVER) {
                        return; // sealed
                    }
                    image = state;
                    committed = epoch;
                    standby.committed(epoch);
                    acks.add(() -> {
                        gate.committed(s, epoch);
                        toEast(new Event.Committed(s, epoch));
                    });
                });
            }
        }

        private void atWest(Action action) {
            say("west: " + action);
            if (action instanceof Action.Ask a) {
                Claims claims = new Claims("web", "west");
                toWestTask(() -> {
                    ClaimResult result = claims.ask(this, a.claim());
                    toWest(new Event.ClaimEnded(a.claim(), result));
                });
            } else if (action instanceof Action.TakeOver) {
                takeOver();
            } else if (action instanceof Action.Abandon) {
                cut();
            }
        }

        private void toWestTask(Runnable task) {
            westInbox.add(task);
        }

        private void takeOver() {
            cut();
            west.runs = true;
            west.guest = new TreeSet<>(image);
            say("west runs with " + image);
            assertThat(record.orElseThrow().owner()).isEqualTo("west");
            Set<Integer> lost = new TreeSet<>(executed);
            lost.removeAll(image);
            if (!lost.isEmpty()) {
                fail("the takeover does not know of executed outputs " + lost);
            }
        }
    }
}
