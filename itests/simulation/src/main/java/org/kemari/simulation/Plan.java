package org.kemari.simulation;

/**
 * What kind of world a seed makes.
 *
 * @param seed of all chance
 * @param variant Kemari as it is or broken
 * @param hosts number of hosts, 2 to 4
 * @param paths independent networks between the hosts, 1 or 2
 * @param ownStores whether each host keeps records of its own and an operator is the arbiter (engine {@code manual})
 * @param sharedDisk whether there is one disk for all hosts, and fencing
 * @param autostart whether a host that starts also starts the domain that it owns
 * @param runAhead whether the guest's writes do not wait for checkpoints (mirrored disks)
 * @param epochsInFlight as in the domain's definition
 * @param targetLatencyMillis as in the domain's definition
 * @param heldUp how likely a thread that has news is held up
 * @param faultGapMillis mean time between two faults
 * @param faultyNanos how long there are faults
 */
public record Plan(
        long seed,
        Variant variant,
        int hosts,
        int paths,
        boolean ownStores,
        boolean sharedDisk,
        boolean autostart,
        boolean runAhead,
        int epochsInFlight,
        int targetLatencyMillis,
        double heldUp,
        int faultGapMillis,
        long faultyNanos) {
    /** The kind of world is thrown with dice of its own, so that the same seed and other options differ little. */
    public static Plan of(long seed, Variant variant, int wantedHosts) {
        Dice dice = new Dice(seed * 0x9E3779B97F4A7C15L + 7);
        Dice policy = new Dice(seed * 0x9E3779B97F4A7C15L + 8);
        int kind = dice.below(20);
        int hosts = kind < 11 ? 2 : kind < 18 ? 3 : 4;
        boolean ownStores = dice.below(8) == 0;
        boolean shared = dice.below(5) == 0;
        return new Plan(
                seed,
                variant,
                wantedHosts != 0 ? wantedHosts : variant == Variant.OLD_IMAGE ? 3 : hosts,
                1 + dice.below(2),
                ownStores || variant == Variant.STALE_RECORD,
                shared && variant != Variant.NO_CHANGE_LOG && !variant.isOfRunningAhead()
                        || variant == Variant.EXECUTE_BEFORE_FENCE,
                !ownStores && variant != Variant.STALE_RECORD && dice.chance(0.5),
                variant.isOfRunningAhead() || !shared && policy.chance(0.5),
                variant == Variant.RELEASE_AHEAD ? 2 : 1 + (int) Math.floorMod(seed, 3L),
                Math.floorMod(seed, 4L) == 1 ? 20 : 0,
                0.01,
                150 + dice.below(700),
                dice.millis(3_000, 8_000));
    }
}
