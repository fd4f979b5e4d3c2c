package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.block.BlockStatus;

/** The threads that execute a disk's requests, where that may block. */
final class DiskThreads implements AutoCloseable {
    private final BlockDevice device;
    private final Condition work;
    private final List<Thread> threads = new ArrayList<>();
    private final List<IoVectors> vectors = new ArrayList<>();
    private int idle;
    private boolean closed;

    DiskThreads(BlockDevice device, int count) throws IOException {
        this.device = device;
        this.work = device.newCondition();
        for (int i = 0; i < count; i++) {
            IoVectors own = new IoVectors(IoVectors.KERNEL_LIMIT);
            vectors.add(own);
            Thread thread = new Thread(() -> run(own), "kemari-disk-" + device.threadName + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** There are so many requests to execute. With the device's lock held. */
    void wake(int requests) {
        for (int i = Math.min(requests, idle); i > 0; i--) {
            work.signal();
        }
    }

    private void run(IoVectors own) {
        device.lock();
        try {
            while (!closed) {
                BlockTask task = device.next();
                if (task == null) {
                    await();
                } else {
                    device.unlock();
                    BlockStatus status = device.execute(task, own);
                    device.lock();
                    device.ended(task, status);
                }
            }
        } finally {
            device.unlock();
        }
    }

    private void await() {
        idle++;
        work.awaitUninterruptibly();
        idle--;
    }

    /** Returns when nothing is being executed any more. */
    @Override
    public void close() {
        device.lock();
        closed = true;
        work.signalAll();
        device.unlock();
        threads.forEach(Threads::join);
        vectors.forEach(IoVectors::close);
    }
}
