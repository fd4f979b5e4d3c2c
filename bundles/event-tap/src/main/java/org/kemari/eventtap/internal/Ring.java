package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.linux.EventFd;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;
import org.slf4j.Logger;

/** One ring of a device as the front end has set it up. Guarded by the device's lock. */
final class Ring {
    /** What becomes of requests in the ring. */
    enum State {
        /** Not started, or stopped for good. */
        STOPPED,
        /** Set up; waits for the other rings of a restored device. */
        RESTORING,
        /** Served, if it is enabled. */
        RUNNING,
        /** Nothing is taken any more; what is under way is still completed. */
        STOPPING,
        /** Stopped by a checkpoint's pause: what is in flight is kept for the restart. */
        PAUSED
    }

    final int index;
    /** Taken and not completed, oldest first. */
    final TaskList inFlight = new TaskList(TaskList.RING);

    State state = State.STOPPED;
    /** Set by the front end, even if the ring has none of it yet. */
    int size;

    long descriptorAddress;
    long availAddress;
    long usedAddress;
    boolean addressed;
    int base;
    boolean enabled;
    Optional<EventFd> kick = Optional.empty();
    Optional<EventFd> call = Optional.empty();
    Optional<EventFd> error = Optional.empty();
    /** Requests may have been taken from it since it was started. */
    boolean wasServed;

    /** While it is not {@link State#STOPPED}. */
    Virtqueue queue;
    /** Completions were published that the driver has not been asked about. */
    boolean published;
    /** While it is {@link State#PAUSED}. */
    RingSnapshot pausedAt;

    Ring(int index) {
        this.index = index;
    }

    /** Whether requests may be taken. */
    boolean isServed() {
        return state == State.RUNNING && enabled;
    }

    /** Whether completions may be put into it. */
    boolean takesCompletions() {
        return state == State.RUNNING || state == State.STOPPING;
    }

    boolean isStarted() {
        return state != State.STOPPED;
    }

    /** Addresses are those of the front end's process. */
    void address(long descriptors, long avail, long used) {
        descriptorAddress = descriptors;
        availAddress = avail;
        usedAddress = used;
        addressed = true;
    }

    void setError(Optional<EventFd> event) {
        error.ifPresent(EventFd::close);
        error = event;
    }

    /** Takes the driver's kicks. */
    void takeKick() throws IOException {
        if (kick.isPresent()) {
            kick.get().drain();
        }
    }

    /** Forgets what the front end has set up. */
    void disconnect() {
        state = State.STOPPED;
        size = 0;
        base = 0;
        addressed = false;
        enabled = false;
        published = false;
        kick.ifPresent(EventFd::close);
        call.ifPresent(EventFd::close);
        error.ifPresent(EventFd::close);
        kick = Optional.empty();
        call = Optional.empty();
        error = Optional.empty();
    }

    void signalDriver(Logger log) {
        signal(call, log);
    }

    void signalError(Logger log) {
        signal(error, log);
    }

    private void signal(Optional<EventFd> event, Logger log) {
        try {
            if (event.isPresent()) {
                event.get().signal();
            }
        } catch (IOException e) {
            log.warn("ring {} cannot be signalled", index, e);
        }
    }

    RingSnapshot snapshot(List<InFlight> list) {
        RingLayout layout = queue.layout();
        return new RingSnapshot(
                index,
                layout.size(),
                layout.descriptorTable(),
                layout.availRing(),
                layout.usedRing(),
                queue.availIndex(),
                queue.usedIndex(),
                list);
    }
}
