package org.kemari.simulation;

import java.util.Arrays;

/**
 * Everything that guests have ever wanted to let out, as a tree: each output knows the one before it. A guest's memory is
 * the last output that it has produced; two guests that resume from the same image grow two branches.
 */
public final class History {
    /** Kinds of outputs. */
    public enum Kind {
        BOOT,
        WRITE,
        PACKET,
        /** A packet by which a client learns that a write is done. */
        ACKNOWLEDGEMENT
    }

    private int[] parents = new int[256];
    private int[] depths = new int[256];
    private int[] details = new int[256]; // block of a WRITE; the write of an ACKNOWLEDGEMENT
    private Kind[] kinds = new Kind[256];
    private int count = 1; // 0: nothing

    int add(int parent, Kind kind, int detail) {
        if (count == parents.length) {
            parents = Arrays.copyOf(parents, 2 * count);
            depths = Arrays.copyOf(depths, 2 * count);
            details = Arrays.copyOf(details, 2 * count);
            kinds = Arrays.copyOf(kinds, 2 * count);
        }
        parents[count] = parent;
        depths[count] = depths[parent] + 1;
        details[count] = detail;
        kinds[count] = kind;
        return count++;
    }

    boolean exists(int output) {
        return output > 0 && output < count;
    }

    Kind kind(int output) {
        return kinds[output];
    }

    int detail(int output) {
        return details[output];
    }

    int depth(int output) {
        return depths[output];
    }

    /** Whether a guest that has produced {@code tip} last has produced {@code output} before, or just then. */
    public boolean contains(int tip, int output) {
        int at = tip;
        while (depths[at] > depths[output]) {
            at = parents[at];
        }
        return at == output;
    }

    public String name(int output) {
        if (output == 0) {
            return "nothing";
        }
        String what =
                switch (kinds[output]) {
                    case BOOT -> "boot";
                    case WRITE -> "write to block " + details[output];
                    case PACKET -> "packet";
                    case ACKNOWLEDGEMENT -> "acknowledgement of " + details[output];
                };
        return "#" + output + " (" + what + ", after #" + parents[output] + ")";
    }
}
