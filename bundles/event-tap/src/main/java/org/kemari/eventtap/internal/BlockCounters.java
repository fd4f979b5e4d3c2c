package org.kemari.eventtap.internal;

import org.kemari.api.stats.LatencySummary;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.block.BlockStatus;

/** What a disk has done. Guarded by the device's lock. */
final class BlockCounters {
    private long reads;
    private long writes;
    private long flushes;
    private long bytesRead;
    private long bytesWritten;
    private long errors;

    void completed(BlockRequest request, BlockStatus status) {
        if (status != BlockStatus.OK) {
            errors++;
            return;
        }
        switch (request.type()) {
            case READ -> {
                reads++;
                bytesRead += request.data().bytes();
            }
            case WRITE -> {
                writes++;
                bytesWritten += request.data().bytes();
            }
            case DISCARD, WRITE_ZEROES -> {
                writes++;
                for (int i = 0; i < request.ranges(); i++) {
                    bytesWritten += request.rangeLength(i);
                }
            }
            case FLUSH -> flushes++;
            case GET_ID, OTHER -> {}
        }
    }

    DeviceStatus status(
            String id,
            boolean connected,
            String state,
            boolean holding,
            boolean ahead,
            int inFlight,
            int held,
            LatencySummary hold) {
        return new DeviceStatus(
                id,
                DeviceKind.BLOCK,
                connected,
                state,
                holding,
                ahead,
                inFlight,
                held,
                reads,
                writes,
                flushes,
                bytesRead,
                bytesWritten,
                0,
                errors,
                hold);
    }
}
