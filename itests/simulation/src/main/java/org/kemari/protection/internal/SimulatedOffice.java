package org.kemari.protection.internal;

import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.simulation.Coverage;
import org.kemari.simulation.Dice;
import org.kemari.simulation.Host;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;

/**
 * Asks the arbiter with {@link Claims}, over a network that loses, delays and repeats. A claim is worked out twice with the
 * same reading: up to its compare-and-set, and again when the outcome of that is known.
 */
final class SimulatedOffice {
    private static final String DOMAIN = SimulatedKemari.DOMAIN;

    private final Host host;
    private final World world;
    private final Claims claims;
    private final int process;
    private boolean joinUnknown;

    SimulatedOffice(Host host) {
        this.host = host;
        this.world = host.world;
        this.process = host.incarnation();
        this.claims = new Claims(DOMAIN, host.name);
    }

    private record Cas(Optional<OwnershipRecord> expected, OwnershipRecord next) {}

    /** Not yet: the compare-and-set has to travel first. */
    private static final class Travelling extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Cas cas;

        Travelling(Cas cas) {
            super("", null, false, false);
            this.cas = cas;
        }
    }

    /** What is known of the arbiter at one moment. */
    private record Known(Optional<OwnershipRecord> record, boolean readable, CasOutcome outcome) implements Arbiter {
        @Override
        public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
            if (!readable) {
                throw new ArbiterException("no answer");
            }
            return record;
        }

        @Override
        public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
            if (outcome == null) {
                throw new Travelling(new Cas(expected, next));
            }
            return outcome;
        }

        @Override
        public org.kemari.api.arbiter.ArbiterState state() {
            return org.kemari.api.arbiter.ArbiterState.NEEDS_NO_SERVER;
        }
    }

    private boolean reaches() {
        return world.network.isUp(host.index, world.network.arbiter(), 0);
    }

    private boolean isReached() {
        return world.network.isUp(world.network.arbiter(), host.index, 0);
    }

    /** Reads the record; the answer is empty if it cannot be read. */
    void read(Consumer<Optional<Optional<OwnershipRecord>>> answer) {
        if (world.plan.ownStores()) {
            host.later(process, world.dice.micros(20, 500), () -> answer.accept(Optional.of(world.records.read(host))));
            return;
        }
        world.agenda.after(world.network.delay(0), () -> {
            if (!reaches() || !world.isHealed() && world.dice.chance(0.01)) {
                world.coverage.count(Coverage.Event.UNREADABLE_RECORDS);
                host.later(process, world.dice.millis(200, 1_000), () -> answer.accept(Optional.empty()));
                return;
            }
            Optional<OwnershipRecord> record = world.records.read(host);
            world.agenda.after(world.network.delay(0), () -> {
                boolean arrives = isReached();
                host.later(
                        process,
                        arrives ? 0 : world.dice.millis(200, 1_000),
                        () -> answer.accept(arrives ? Optional.of(record) : Optional.empty()));
            });
        });
    }

    void ask(Claim claim, Consumer<ClaimResult> answer) {
        if (claim instanceof Claim.TakeOver take && world.plan.variant() == Variant.TAKEOVER_WITHOUT_ARBITER) {
            answer.accept(new ClaimResult.Won(
                    new OwnershipRecord(DOMAIN, take.generation() + 1, host.name, Optional.empty(), 0)));
            return;
        }
        read(read -> decide(claim, read, answer));
    }

    private void decide(Claim claim, Optional<Optional<OwnershipRecord>> read, Consumer<ClaimResult> answer) {
        Optional<OwnershipRecord> record = read.orElse(Optional.empty());
        if (world.plan.variant() == Variant.UNKNOWN_AS_LOST && claim instanceof Claim.Drop drop && joinUnknown) {
            joinUnknown = false;
            answer.accept(new ClaimResult.Won(
                    new OwnershipRecord(DOMAIN, drop.generation(), host.name, Optional.empty(), 0)));
            return;
        }
        if (world.plan.variant() == Variant.DECISION_ON_READ
                && claim instanceof Claim.Drop drop
                && record.filter(r -> r.owner().equals(host.name)
                                && r.generation() == drop.generation()
                                && r.standby().isEmpty())
                        .isPresent()) {
            answer.accept(new ClaimResult.Won(record.get()));
            return;
        }
        if (world.plan.variant() == Variant.STALE_RECORD
                && claim instanceof Claim.TakeOver
                && record.filter(r -> r.owner().equals(host.name)).isPresent()) {
            answer.accept(new ClaimResult.Won(record.get()));
            return;
        }
        ClaimResult early;
        try {
            early = claims.ask(new Known(record, read.isPresent(), null), claim);
        } catch (Travelling e) {
            travel(claim, record, e.cas, answer);
            return;
        }
        answer.accept(early);
    }

    private void travel(Claim claim, Optional<OwnershipRecord> record, Cas cas, Consumer<ClaimResult> answer) {
        Consumer<CasOutcome> outcome =
                o -> answer.accept(distorted(claim, cas, o, claims.ask(new Known(record, true, o), claim)));
        if (world.plan.ownStores()) {
            host.later(
                    process,
                    world.dice.micros(100, 3_000),
                    () -> outcome.accept(world.records.compareAndSet(host, cas.expected(), cas.next())));
            return;
        }
        Dice dice = world.dice;
        boolean faulty = !world.isHealed();
        boolean late = faulty && dice.chance(0.08);
        long travel = late ? dice.millis(300, 4_000) : world.network.delay(0);
        if (faulty && dice.chance(0.05)) {
            world.agenda.after(travel + dice.millis(1, 3_000), () -> {
                world.coverage.count(Coverage.Event.DUPLICATE_LANDINGS);
                world.records.compareAndSet(host, cas.expected(), cas.next());
            });
        }
        boolean[] answered = new boolean[1];
        world.agenda.after(travel, () -> {
            if (!reaches()) {
                return;
            }
            if (late) {
                world.coverage.count(Coverage.Event.LATE_LANDINGS);
            }
            CasOutcome landed = world.records.compareAndSet(host, cas.expected(), cas.next());
            if (faulty && dice.chance(0.06)) {
                return; // the answer gets lost
            }
            world.agenda.after(world.network.delay(0), () -> {
                if (isReached() && !answered[0]) {
                    answered[0] = true;
                    host.later(process, 0, () -> outcome.accept(landed));
                }
            });
        });
        host.later(process, dice.millis(200, 1_000), () -> {
            if (!answered[0]) {
                answered[0] = true;
                world.coverage.count(Coverage.Event.UNKNOWN_OUTCOMES);
                outcome.accept(new CasOutcome.Unknown("no answer in time"));
            }
        });
    }

    /** What a broken Kemari makes of it. */
    private ClaimResult distorted(Claim claim, Cas cas, CasOutcome outcome, ClaimResult result) {
        if (outcome instanceof CasOutcome.Unknown && world.plan.variant() == Variant.UNKNOWN_AS_WON) {
            return new ClaimResult.Won(cas.next());
        }
        joinUnknown = claim instanceof Claim.Join && outcome instanceof CasOutcome.Unknown;
        return result;
    }
}
