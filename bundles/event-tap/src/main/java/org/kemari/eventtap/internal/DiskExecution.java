package org.kemari.eventtap.internal;

import java.io.IOException;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.block.BlockStatus;

/**
 * Carries requests out, on the threads of {@link DiskThreads} and, where the page cache answers at once, on the worker that
 * looks after the rings.
 */
final class DiskExecution implements AutoCloseable {
    /** Requests executed before the driver is signalled and the rings are looked at again. */
    private static final int BATCH = 16;
    /** A longer write is left to another thread. */
    private static final int WRITE_BYTES = 256 << 10;

    private final BlockDevice device;
    private final Disk disk;
    private final RequestFlow flow;
    private final DiskFailures failures;
    private final IoVectors vectors = new IoVectors(IoVectors.KERNEL_LIMIT);

    DiskExecution(BlockDevice device, Disk disk, RequestFlow flow, DiskFailures failures) throws IOException {
        this.device = device;
        this.disk = disk;
        this.flow = flow;
        this.failures = failures;
    }

    /** Executes what does not block. With the device's lock held. Returns whether it stopped for fairness only. */
    boolean runInline() {
        BlockTask task = null;
        int count = 0;
        while (count++ < BATCH && (task = next()) != null) {
            BlockStatus status;
            device.unlock();
            try {
                status = executeInline(task);
            } finally {
                device.lock();
            }
            if (status == null) {
                putBack(task);
            } else {
                device.finished(task, status);
            }
        }
        return task != null;
    }

    private BlockTask next() {
        BlockTask task = device.isStopped() ? null : flow.peek();
        if (task == null || task.mayBlock) {
            return null;
        }
        boolean suits =
                switch (task.request.type()) {
                    case READ, GET_ID -> true;
                    case WRITE -> task.request.data().bytes() <= WRITE_BYTES;
                    default -> false;
                };
        return suits ? device.begin() : null;
    }

    /** {@code null}: it would block. */
    private BlockStatus executeInline(BlockTask task) {
        try {
            if (task.request.type() == BlockRequest.Type.READ) {
                return disk.io().tryRead(task.request, vectors) ? BlockStatus.OK : null;
            }
        } catch (IOException e) {
            return failed(task, e);
        }
        return execute(task, vectors);
    }

    /** Carries a request out; blocks. Without the lock. */
    BlockStatus execute(BlockTask task, IoVectors own) {
        try {
            device.carryOut(task, own);
            return BlockStatus.OK;
        } catch (IOException | RuntimeException e) {
            return failed(task, e);
        }
    }

    private BlockStatus failed(BlockTask task, Exception e) {
        device.lock();
        try {
            if (task.changesDisk()) {
                disk.changes().freeze();
            }
            if (failures.failed(device.log, device.id, task, e)) {
                device.complain("the disk fails: " + e.getMessage());
            }
            task.toBeKept = failures.isKeeping() && task.state == BlockTask.State.EXECUTING;
            if (task.toBeKept && failures.kept()) {
                // told when the lock is given back here: whoever ends the request may keep it for long
                device.complainOfDisk("the disk fails: " + failures.last());
            }
        } finally {
            device.unlock();
        }
        return BlockStatus.IO_ERROR;
    }

    private void putBack(BlockTask task) {
        if (task.state == BlockTask.State.ABANDONED) {
            device.finished(task, BlockStatus.IO_ERROR);
        } else {
            task.mayBlock = true;
            flow.putBack(task);
            device.signalChange();
        }
    }

    @Override
    public void close() {
        vectors.close();
    }
}
