package org.kemari.eventtap.internal;

import org.slf4j.Logger;

/** What a device knows of the failures of its disk. Guarded by the device's lock. */
final class DiskFailures {
    private boolean failing;
    private boolean keep;
    private boolean told;
    private String last = "";

    /** Whether failed requests are kept, uncompleted, for the host that takes over. */
    void keep(boolean on) {
        keep = on;
        told = false;
    }

    boolean isKeeping() {
        return keep;
    }

    /** A request has failed. Returns whether that is news which the domain is to be told of. */
    boolean failed(Logger log, String device, BlockTask task, Exception reason) {
        last = task.request.type() + ": " + reason.getMessage();
        boolean news = !failing;
        if (news) {
            failing = true;
            log.error("{}: {} failed{}", device, task.request.type(), keep ? "" : ", the guest is told so", reason);
        }
        return news && !keep;
    }

    void succeeded() {
        failing = false;
    }

    /** A request is kept. Returns whether it is the first one. */
    boolean kept() {
        boolean first = !told;
        told = true;
        return first;
    }

    /** The last failure, for people. */
    String last() {
        return last;
    }
}
