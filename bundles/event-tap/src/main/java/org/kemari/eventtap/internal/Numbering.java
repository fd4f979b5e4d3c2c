package org.kemari.eventtap.internal;

/**
 * Numbers of requests. Inside they grow for ever, so that epochs and orders never mix; outside they begin at 1 with each
 * incarnation of the device. Guarded by the device's lock.
 */
final class Numbering {
    private long last;
    private long incarnation = 1;
    private long base;

    long next() {
        return ++last;
    }

    /** The number that was given last. */
    long last() {
        return last;
    }

    /** The number under which the outside knows a request of the present incarnation. */
    long outside(long number) {
        return number - base;
    }

    long incarnation() {
        return incarnation;
    }

    /** The device was reset. */
    void newIncarnation() {
        incarnation++;
        base = last;
    }

    /** The device is the successor of another one. */
    void continueAfter(long formerIncarnation) {
        incarnation = Math.max(incarnation, formerIncarnation + 1);
    }
}
