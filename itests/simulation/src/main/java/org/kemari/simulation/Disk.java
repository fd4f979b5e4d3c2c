package org.kemari.simulation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A host's copy of the guest's disk (or the one that all hosts share): for each block the write that is on it. */
public final class Disk {
    /** What may differ from another host's copy. */
    private static final class ChangeLog {
        final long session;
        int blocks;

        ChangeLog(long session) {
            this.session = session;
        }
    }

    private final int[] content = new int[Guest.BLOCKS];
    private final Map<String, ChangeLog> logs = new HashMap<>();
    private boolean failing;
    private boolean tracking;
    private int tracked;

    public int read(int block) {
        return content[block];
    }

    public void write(int block, int output) {
        content[block] = output;
    }

    /** To be noted before the write. */
    public void note(int block) {
        tracked |= tracking ? 1 << block : 0;
        for (ChangeLog log : logs.values()) {
            log.blocks |= 1 << block;
        }
    }

    /** The two copies are equal now but for what is pending. */
    public void startLog(String peer, long session) {
        logs.put(peer, new ChangeLog(session));
    }

    public void dropLog(String peer) {
        logs.remove(peer);
    }

    /** The session that the log against this host began with; 0 for no log. */
    public long logSession(String peer) {
        ChangeLog log = logs.get(peer);
        return log == null ? 0 : log.session;
    }

    public int loggedBlocks(String peer) {
        ChangeLog log = logs.get(peer);
        return log == null ? (1 << Guest.BLOCKS) - 1 : log.blocks;
    }

    public boolean isFailing() {
        return failing;
    }

    void setFailing(boolean now) {
        failing = now;
    }

    /** Whether to remember which blocks are written, for a sync. */
    public void track(boolean on) {
        tracking = on;
        tracked = 0;
    }

    public int takeTracked() {
        int blocks = tracked;
        tracked = 0;
        return blocks;
    }

    int[] contents() {
        return content.clone();
    }

    @Override
    public String toString() {
        return Arrays.toString(content);
    }
}
