package org.kemari.simulation;

import java.util.function.Consumer;

/** A hypervisor process. It outlives a crash of Kemari (then nothing serves its devices), but no loss of power. */
public final class Machine {
    public final Host host;
    Guest guest;
    private boolean alive = true;
    private boolean running;
    private boolean begun;
    private Tap tap;
    private Consumer<String> exitListener = reason -> {};
    private int stepping; // numbers the chain of guest steps that is in force

    public Machine(Host host, Guest guest) {
        this.host = host;
        this.guest = guest;
    }

    /** Kemari attaches its tap; how the machine ends is told to the listener, a little later. */
    public void attach(Tap newTap, Consumer<String> listener) {
        tap = newTap;
        exitListener = listener;
    }

    public void load(byte[] memory) {
        guest = Guest.in(memory);
    }

    /** Whether it still waits for an image, so that there is no guest in it that could be adopted. */
    public boolean isWaiting() {
        return !begun;
    }

    public void resume() {
        running = true;
        begun = true;
        int mine = ++stepping;
        nextStep(mine);
    }

    private void nextStep(int mine) {
        host.later(host.world.dice.micros(5_000, 120_000), () -> {
            if (alive && running && mine == stepping) {
                step();
                nextStep(mine);
            }
        });
    }

    /** The guest does something. */
    private void step() {
        Dice dice = host.world.dice;
        int what = dice.below(10);
        guest.compute();
        int burst = dice.chance(0.2) ? 3 : 1;
        for (int i = 0; i < burst; i++) {
            if (what < 5) {
                write(dice.below(Guest.BLOCKS));
            } else if (what < 9) {
                send(History.Kind.PACKET, 0);
            }
        }
    }

    private void write(int block) {
        int slot = guest.freeSlot();
        if (slot < 0 || guest.isPending(block, host.world.history)) {
            return;
        }
        int output = host.world.history.add(guest.tip, History.Kind.WRITE, block);
        guest.produced(output);
        guest.request(slot, output);
        tap.offer(output, slot);
    }

    private void send(History.Kind kind, int detail) {
        int output = host.world.history.add(guest.tip, kind, detail);
        guest.produced(output);
        tap.offer(output, -1);
    }

    /** The tap has completed a request; the guest often tells a client of it. */
    void completed(int slot, boolean done) {
        int output = guest.slotOutput[slot];
        if (output == 0) {
            throw new Violation("replay: slot " + slot + " on " + host.name + " is completed but not pending");
        }
        guest.complete(slot, host.world.history.detail(output), done);
        if (done && running && host.world.dice.chance(0.5)) {
            send(History.Kind.ACKNOWLEDGEMENT, output);
        }
    }

    public void pause() {
        running = false;
        stepping++;
    }

    /** Kemari ends it; nothing is told. */
    public void destroy() {
        pause();
        alive = false;
        exitListener = reason -> {};
        if (host.machine == this) {
            host.machine = null;
        }
    }

    /** It fails by itself. */
    void fail(String reason) {
        if (!alive) {
            return;
        }
        Consumer<String> listener = exitListener;
        boolean served = tap != null && !tap.isClosed();
        destroy();
        if (served) {
            tap.hypervisorGone();
            host.later(host.world.dice.micros(100, 3_000), () -> listener.accept(reason));
        }
    }

    /** Kemari is gone: the guest finds its devices dead. */
    void orphan() {
        pause();
        tap = null;
        exitListener = reason -> {};
    }

    public Guest guest() {
        return guest;
    }

    public boolean isAlive() {
        return alive;
    }

    public boolean isRunning() {
        return alive && running;
    }
}
