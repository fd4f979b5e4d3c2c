package org.kemari.itests.model;

import java.util.List;

/**
 * How far a search goes.
 *
 * @param outputs outputs that the guest produces
 * @param sessions attempts at protection
 * @param crashes crashes of either host
 * @param unknowns compare-and-sets of unknown outcome
 */
record Bounds(int outputs, int sessions, int crashes, int unknowns) {
    List<String> flags() {
        return List.of(
                "-DOUTPUTS=" + outputs, "-DSESSIONS=" + sessions, "-DCRASHES=" + crashes, "-DUNKNOWNS=" + unknowns);
    }
}
