package org.kemari.simulation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.transfer.ImageId;
import org.kemari.simulation.Coverage.Event;

/**
 * Sees everything: what leaves the guests, what is on the disks, what the record really is. Judges by the four invariants
 * of the design.
 */
public final class Outside {
    private final World world;
    private final History history;
    private final Map<ImageId, byte[]> captures = new HashMap<>();
    private final Map<Long, Integer> committedTips = new HashMap<>(); // by session
    private final int[] acknowledged = new int[Guest.BLOCKS];
    private int seen; // the last output that has been executed

    Outside(World world) {
        this.world = world;
        this.history = world.history;
    }

    // ---- what happens

    /** The pause of a checkpoint. */
    public void captures(long session, long epoch, byte[] memory) {
        captures.put(new ImageId(session, epoch), memory);
    }

    /** The standby has a whole checkpoint and is about to say so. */
    public void commits(long session, long epoch) {
        byte[] memory = captures.get(new ImageId(session, epoch));
        if (memory == null) {
            throw new Violation("atomic image: epoch " + epoch + " of session " + session + " was never captured");
        }
        world.coverage.count(Event.CHECKPOINTS_COMMITTED);
        committedTips.put(session, Guest.in(memory).tip);
    }

    /** A host begins to execute an output of its guest. */
    void executes(Host host, Guest guest, int output) {
        world.coverage.count(Event.OUTPUTS_EXECUTED);
        OwnershipRecord record = world.records
                .truth()
                .orElseThrow(() -> new Violation("one owner: " + host + " executes without any record"));
        if (world.trace.on()) {
            world.trace.say(host + " executes " + history.name(output));
        }
        boolean owner = record.owner().equals(host.name);
        if (!owner || record.standby().isPresent()) {
            long session = owner ? record.session() : world.records.lastSession();
            int committed = committedTips.getOrDefault(session, 0);
            if (committed == 0 || !history.contains(committed, output)) {
                throw new Violation((owner ? "output commit: " : "one owner: ") + host + " executes "
                        + history.name(output) + ", but the record is " + record + " and session " + session
                        + " has committed " + history.name(committed));
            }
        }
        if (!history.contains(seen, output)) {
            if (!history.contains(output, seen)) {
                throw new Violation("one owner: " + host + " executes " + history.name(output)
                        + " and does not know of " + history.name(seen) + ", which has been seen outside");
            }
            seen = output;
        }
        if (history.kind(output) == History.Kind.ACKNOWLEDGEMENT) {
            int write = history.detail(output);
            int block = history.detail(write);
            if (!history.contains(acknowledged[block], write)) {
                acknowledged[block] = write;
            }
            if (owner) {
                durable(host, "an acknowledgement leaves");
            }
        }
    }

    /** A write gets to the disk; long after it was let out, if the host did not run. */
    void lands(Host host, int output) {
        int block = history.detail(output);
        int there = host.disk.read(block);
        if (there != output && there != 0 && history.contains(there, output)) {
            throw new Violation("one owner: " + host + " overwrites " + history.name(there) + " with the older "
                    + history.name(output));
        }
    }

    /** A standby executes a write of its image on its own copy. */
    public void replays(Host host, long session, int output) {
        world.coverage.count(Event.REQUESTS_REPLAYED);
        int committed = committedTips.getOrDefault(session, 0);
        if (!history.exists(output) || committed == 0 || !history.contains(committed, output)) {
            throw new Violation("replay: standby " + host + " executes " + history.name(output)
                    + ", which is not in the committed " + history.name(committed));
        }
    }

    // ---- what is

    /** An image must be exactly one committed checkpoint. */
    public void imageIs(Host host, long session, long epoch, byte[] memory) {
        world.coverage.count(Event.IMAGES_COMPARED);
        byte[] captured = captures.get(new ImageId(session, epoch));
        if (!Arrays.equals(captured, memory)) {
            throw new Violation("atomic image: the image on " + host + " is not checkpoint " + epoch + " of session "
                    + session + ": " + Guest.in(memory) + " instead of "
                    + (captured == null ? "none" : Guest.in(captured)));
        }
    }

    /** The image has been applied, and what is pending in it executed: then the disk is as the guest believes. */
    public void diskFits(Host host, Guest guest, boolean executed) {
        for (int block = 0; block < Guest.BLOCKS; block++) {
            int there = host.disk.read(block);
            boolean pending = false;
            int last = guest.completed[block];
            boolean fits = there == last || last == Guest.UNKNOWN;
            for (int slot = 0; slot < Guest.SLOTS; slot++) {
                int request = guest.slotOutput[slot];
                if (request != 0 && history.detail(request) == block) {
                    pending = true;
                    fits |= there == request;
                }
            }
            if (!fits || executed && pending && there == last) {
                throw new Violation("replay: block " + block + " on " + host + " is " + history.name(there)
                        + ", the guest has completed " + (last == Guest.UNKNOWN ? "?" : history.name(last))
                        + (pending ? " and has a write pending" : ""));
            }
        }
    }

    /** A standby lets its image run. */
    public void takesOver(Host host, Guest guest) {
        owns(host, "takes over");
        if (!history.contains(guest.tip, seen)) {
            throw new Violation("output commit: the guest on " + host + " resumes after " + history.name(guest.tip)
                    + " and does not know of " + history.name(seen) + ", which has been seen outside");
        }
        diskFits(host, guest, !world.plan.sharedDisk());
        durable(host, "the guest is resumed");
        if (!world.plan.sharedDisk()) {
            return;
        }
        for (Host other : world.hosts()) {
            if (other != host && other.tap != null && other.tap.inFlight() > 0) {
                throw new Violation("one owner: " + host + " resumes the guest while " + other
                        + " still executes writes on the shared disk");
            }
        }
    }

    /** A guest boots anew. @return its first sign */
    public int boots(Host host) {
        owns(host, "boots the guest");
        if (host.markRemoved) {
            // both hosts have failed: the one before, and this one before it was done
            world.coverage.count(Event.DOUBLE_FAILURES);
            host.markRemoved = false;
            for (int block = 0; block < Guest.BLOCKS; block++) {
                acknowledged[block] = history.contains(host.disk.read(block), acknowledged[block])
                        ? acknowledged[block]
                        : host.disk.read(block);
            }
        }
        durable(host, "the guest boots");
        seen = history.add(seen, History.Kind.BOOT, 0);
        return seen;
    }

    /** A guest that went on without Kemari is taken charge of. */
    public void adopts(Host host, Guest guest) {
        owns(host, "adopts the guest");
        if (!history.contains(guest.tip, seen)) {
            throw new Violation("one owner: the guest adopted by " + host + " does not know of " + history.name(seen));
        }
    }

    private void owns(Host host, String what) {
        Optional<OwnershipRecord> record = world.records.truth();
        if (record.isEmpty()
                || !record.get().owner().equals(host.name)
                || record.get().standby().isPresent()) {
            throw new Violation("one owner: " + host + " " + what + ", but the record is " + record);
        }
    }

    private void durable(Host host, String when) {
        for (int block = 0; block < Guest.BLOCKS; block++) {
            int there = host.disk.read(block);
            if (acknowledged[block] != 0 && !history.contains(there, acknowledged[block])) {
                throw new Violation("replay: when " + when + " on " + host + ", block " + block + " is "
                        + history.name(there) + ", but " + history.name(acknowledged[block]) + " was acknowledged");
            }
        }
    }

    /** After every step. */
    void check() {
        Optional<OwnershipRecord> record = world.records.truth();
        for (Host host : world.hosts()) {
            Tap tap = host.tap;
            if (tap == null || host.machine == null || !tap.isPassing() || !host.machine.isRunning()) {
                continue;
            }
            owns(host, "lets outputs pass");
        }
        if (record.isEmpty() && seen != 0) {
            throw new Violation("one owner: there is no record any more");
        }
    }
}
