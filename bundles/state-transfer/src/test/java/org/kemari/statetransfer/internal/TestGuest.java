package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.VirtualMachine;

/**
 * What state transfer sees of a hypervisor: a RAM file that somebody writes to, except while paused. Remembers what the
 * memory was in each pause.
 */
public final class TestGuest implements VirtualMachine, AutoCloseable {
    static final int PAGE = 4096;

    private final FileChannel ram;
    private final long pages;
    private final Random random;
    private final ReentrantLock cpu = new ReentrantLock();
    private final Map<Long, Long> memoryAt = new ConcurrentHashMap<>();
    private final Thread writer;
    private volatile boolean over;
    private volatile int burstPages = 3;
    private long pauses;
    private boolean failSave;
    private boolean failPause;

    public TestGuest(Path ramFile, long bytes, long seed) throws IOException {
        ram = FileChannel.open(ramFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ram.truncate(0);
        ram.write(ByteBuffer.allocate(1), bytes - 1);
        pages = bytes / PAGE;
        random = new Random(seed);
        for (int i = 0; i < pages / 3; i++) {
            dirty(1);
        }
        writer = new Thread(this::work, "test-guest");
        writer.setDaemon(true);
    }

    public void run() {
        writer.start();
    }

    /** How many pages are written at once. */
    public void burst(int pagesAtOnce) {
        burstPages = pagesAtOnce;
    }

    /** Writes a few bytes each in some of a few pages that are written again and again, whether running or not. */
    public void touch(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            long page = random.nextInt(4) == 0 ? random.nextInt((int) pages) : random.nextInt(60) * 7 % pages;
            byte[] content = new byte[1 + random.nextInt(40)];
            random.nextBytes(content);
            ram.write(ByteBuffer.wrap(content), page * PAGE + random.nextInt(PAGE - content.length + 1));
        }
    }

    /** Pauses so far. */
    public long pauses() {
        return pauses;
    }

    /** Writes now, whether running or not. */
    public void dirty(int count) throws IOException {
        byte[] content = new byte[PAGE];
        for (int i = 0; i < count; i++) {
            long page = random.nextInt(8) == 0 ? pages - 1 - random.nextInt(4) : random.nextInt((int) pages);
            if (random.nextInt(5) == 0) {
                ram.write(ByteBuffer.wrap(new byte[PAGE]), page * PAGE);
            } else {
                random.nextBytes(content);
                int length = 1 + random.nextInt(PAGE);
                ram.write(ByteBuffer.wrap(content, 0, length), page * PAGE + random.nextInt(PAGE - length + 1));
            }
        }
    }

    private void work() {
        try {
            while (!over) {
                cpu.lock();
                try {
                    dirty(burstPages);
                } finally {
                    cpu.unlock();
                }
                Thread.sleep(0, 200_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void failNextSave() {
        failSave = true;
    }

    public void failNextPause() {
        failPause = true;
    }

    public boolean isPaused() {
        return cpu.isLocked() && cpu.isHeldByCurrentThread();
    }

    /** Checksum of the memory in the pause with this number, from 1. */
    public long memoryAt(long pause) {
        return memoryAt.get(pause);
    }

    public static long checksum(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(Files.readAllBytes(file));
        return crc.getValue();
    }

    private long checksum() throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) (pages * PAGE));
        while (all.hasRemaining()) {
            ram.read(all, all.position());
        }
        CRC32C crc = new CRC32C();
        crc.update(all.flip());
        return crc.getValue();
    }

    /** The device state that goes with a pause: mostly like the one before, at times longer, and at times another. */
    public static byte[] stateOf(long pause) {
        byte[] state = new byte[1000 + (int) (pause % 7 / 3) * 1001];
        new Random(pause / 11).nextBytes(state);
        Random changes = new Random(pause);
        for (int i = 0; i < 10; i++) {
            state[changes.nextInt(state.length)] = (byte) pause;
        }
        return state;
    }

    @Override
    public void pause() throws HypervisorException {
        if (failPause) {
            failPause = false;
            throw new HypervisorException("the pause fails, as the test wants it");
        }
        cpu.lock();
        pauses++;
        try {
            memoryAt.put(pauses, checksum());
        } catch (IOException e) {
            throw new HypervisorException("checksum", e);
        }
    }

    @Override
    public void resume() {
        if (cpu.isHeldByCurrentThread()) {
            cpu.unlock();
        }
    }

    @Override
    public CompletableFuture<ByteBuffer> saveDeviceState() {
        if (failSave) {
            failSave = false;
            return CompletableFuture.failedFuture(new HypervisorException("the save fails, as the test wants it"));
        }
        return CompletableFuture.completedFuture(ByteBuffer.wrap(stateOf(pauses)));
    }

    @Override
    public long pid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public void awaitReady(Duration timeout) {}

    @Override
    public void loadDeviceState(ByteBuffer state) {}

    @Override
    public void powerDown() {}

    @Override
    public void destroy() {}

    @Override
    public void retire() {}

    @Override
    public void release() {}

    @Override
    public boolean isAlive() {
        return !over;
    }

    @Override
    public boolean tracksPages() {
        return false;
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ram.close();
    }
}
