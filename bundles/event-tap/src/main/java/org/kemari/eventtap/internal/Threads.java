package org.kemari.eventtap.internal;

/** Ends of threads. */
final class Threads {
    private Threads() {}

    /** Waits until a thread has ended, also if interrupted; the interruption is kept. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
