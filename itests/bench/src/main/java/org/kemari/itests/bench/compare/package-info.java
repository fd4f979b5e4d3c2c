/**
 * The same guest and the same programs in several modes, turn about: how much of its speed a guest keeps when it is
 * protected, and beside that what a fixed period costs.
 *
 * <p>Every cell, one mode in one round, has a guest of its own that has just booted, so that nothing that went before is
 * measured. What a program in the guest reports is in the guest's time, which stands still while the guest is paused for
 * a checkpoint: {@link org.kemari.itests.bench.compare.GuestShell} has both clocks, and rates and durations are converted to the time that
 * passes for everybody else.
 */
package org.kemari.itests.bench.compare;
