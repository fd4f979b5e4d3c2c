package org.kemari.linux;

import java.util.ArrayDeque;
import java.util.Deque;

/** What an object holds, given back together, the last first. */
final class Resources implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    synchronized Fd add(Fd fd) {
        closers.push(fd::close);
        return fd;
    }

    synchronized NativeMemory add(NativeMemory memory) {
        closers.push(memory::close);
        return memory;
    }

    @Override
    public synchronized void close() {
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
