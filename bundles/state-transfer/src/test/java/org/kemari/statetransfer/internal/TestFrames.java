package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.FrameLog;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.api.tap.PausedFrames;

/** The frames of one NIC of a {@link TestTap}: each holds its number. */
public final class TestFrames implements FrameLog {
    private final List<FrameBatch> received = new ArrayList<>();
    private List<FrameBatch> held = List.of();
    private long number;

    /** So many frames come and are given to the guest. */
    public synchronized void receive(int count) {
        ByteBuffer data = ByteBuffer.allocate(0);
        long first = number + 1;
        for (int i = 0; i < count; i++) {
            data = joined(data, frame(++number));
        }
        received.add(new FrameBatch(0, first, data));
        notifyAll();
    }

    /** The guest sends packets, which the next checkpoint releases. */
    public synchronized void send(long... numbers) {
        ByteBuffer data = ByteBuffer.allocate(0);
        for (long n : numbers) {
            data = joined(data, frame(n));
        }
        held = numbers.length == 0 ? List.of() : List.of(new FrameBatch(0, 0, data));
    }

    /** One frame as it is in a batch. */
    public static ByteBuffer frame(long number) {
        int length = FrameBatch.HEADER_BYTES + 60 + (int) (number % 7);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(length).putLong(Integer.BYTES + FrameBatch.HEADER_BYTES, number);
        return frame.rewind();
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    /** The numbers that the frames of batches hold. */
    public static List<Long> numbers(List<FrameBatch> batches) {
        List<Long> numbers = new ArrayList<>();
        for (FrameBatch batch : batches) {
            batch.frames()
                    .forEach(frame ->
                            numbers.add(frame.order(ByteOrder.LITTLE_ENDIAN).getLong(FrameBatch.HEADER_BYTES)));
        }
        return numbers;
    }

    public synchronized boolean areTaken() {
        return received.isEmpty();
    }

    @Override
    public void choose(boolean ofReceived, boolean ofHeld) {}

    @Override
    public synchronized boolean await(Duration timeout) throws InterruptedException {
        if (received.isEmpty()) {
            wait(timeout.toMillis());
        }
        return !received.isEmpty();
    }

    @Override
    public void take(Sink sink) throws IOException {
        List<FrameBatch> taken;
        synchronized (this) {
            taken = List.copyOf(received);
        }
        for (FrameBatch batch : taken) {
            sink.frames(batch);
        }
        synchronized (this) {
            received.removeAll(taken);
        }
    }

    @Override
    public synchronized PausedFrames atPause() {
        return new PausedFrames(List.of(number), held);
    }

    @Override
    public void replay(LoggedFrames logged) {
        throw new UnsupportedOperationException();
    }
}
