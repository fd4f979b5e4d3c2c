package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.kemari.linux.internal.LibKemari;
import org.kemari.linux.internal.MemoryAccount;

/**
 * A mapped file or a piece of memory outside the heap, of any size. Offsets are in bytes from its beginning, values are
 * little-endian, and every access is checked against the bounds ({@link IndexOutOfBoundsException}).
 *
 * <p>Threads: plain accesses have no ordering; the methods named acquire, release and getAnd… have the one of
 * {@link VarHandle} and need aligned offsets. <b>Close it only when nobody uses it any more</b>: an access that comes
 * after throws {@link IllegalStateException}, but one that races with the close, or goes through a {@link #buffer}, can
 * bring the process down; so can one beyond the end of a file that somebody made shorter.
 */
public final class NativeMemory implements AutoCloseable {
    private static final int WINDOW_SHIFT = 30;
    private static final int WINDOW_MASK = (1 << WINDOW_SHIFT) - 1;
    /** Windows overlap, so that a value or a small copy that begins in one lies in it. */
    private static final long WINDOW_BYTES = (1L << WINDOW_SHIFT) + (1L << 20);

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle SHORTS = MethodHandles.byteBufferViewVarHandle(short[].class, ORDER);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ORDER);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ORDER);

    private final long address;
    private final long size;
    private final boolean writable;
    private final ByteBuffer[] windows;
    /** The size, or -1 when closed: one comparison guards both. */
    private long limit;

    private MemoryAccount.Entry entry = MemoryAccount.OTHER;

    private NativeMemory(long address, long size, boolean writable) {
        this.address = address;
        this.size = size;
        this.writable = writable;
        this.limit = size;
        MemoryAccount.add(entry, size);
        this.windows = new ByteBuffer[(int) ((size + WINDOW_MASK) >>> WINDOW_SHIFT)];
        for (int i = 0; i < windows.length; i++) {
            long begin = (long) i << WINDOW_SHIFT;
            windows[i] = view(begin, Math.min(WINDOW_BYTES, size - begin));
        }
    }

    /**
     * Maps a part of a file, shared: what is written is seen by all who map it.
     *
     * @param offset in bytes, a multiple of 4096
     * @param length in bytes, more than 0
     */
    public static NativeMemory map(Fd fd, long offset, long length, boolean writable) throws IOException {
        requirePositive(length);
        int number = fd.acquire();
        try {
            long address = check(
                    LibKemari.kemari_map(number, offset, length, writable ? 1 : 0), "map " + length + " bytes of", fd);
            return new NativeMemory(address, length, writable);
        } finally {
            fd.release();
        }
    }

    /** Memory of this process, page aligned, zero; it takes space when it is first written. */
    public static NativeMemory allocate(long length) throws IOException {
        requirePositive(length);
        return new NativeMemory(
                check(LibKemari.kemari_map(-1, 0, length, 1), "allocate", length + " bytes"), length, true);
    }

    private static void requirePositive(long length) {
        if (length <= 0) {
            throw new IllegalArgumentException("length " + length + " is not positive");
        }
    }

    /**
     * Says what it is for, so that it is shown as that ({@link org.kemari.api.stats.NativeMemoryAccount}).
     *
     * @param domain whose it is
     * @param use a few words
     */
    public synchronized NativeMemory countFor(String domain, String use) {
        if (limit >= 0) {
            MemoryAccount.add(entry, -size);
            entry = new MemoryAccount.Entry(domain, use);
            MemoryAccount.add(entry, size);
        }
        return this;
    }

    /** Where it begins in this process; for logs and native calls. */
    public long address() {
        return address;
    }

    /** Size in bytes. */
    public long size() {
        return size;
    }

    public byte getByte(long offset) {
        return window(offset, 1).get((int) offset & WINDOW_MASK);
    }

    public void putByte(long offset, byte value) {
        window(offset, 1).put((int) offset & WINDOW_MASK, value);
    }

    public short getShort(long offset) {
        return window(offset, 2).getShort((int) offset & WINDOW_MASK);
    }

    public void putShort(long offset, short value) {
        window(offset, 2).putShort((int) offset & WINDOW_MASK, value);
    }

    public int getInt(long offset) {
        return window(offset, 4).getInt((int) offset & WINDOW_MASK);
    }

    public void putInt(long offset, int value) {
        window(offset, 4).putInt((int) offset & WINDOW_MASK, value);
    }

    public long getLong(long offset) {
        return window(offset, 8).getLong((int) offset & WINDOW_MASK);
    }

    public void putLong(long offset, long value) {
        window(offset, 8).putLong((int) offset & WINDOW_MASK, value);
    }

    /** Nothing after it in program order is read before it. Aligned to 2. */
    public short getShortAcquire(long offset) {
        return (short) SHORTS.getAcquire(window(offset, 2), (int) offset & WINDOW_MASK);
    }

    /** Everything before it in program order is visible to who reads this value with acquire. Aligned to 2. */
    public void putShortRelease(long offset, short value) {
        SHORTS.setRelease(window(offset, 2), (int) offset & WINDOW_MASK, value);
    }

    public int getIntAcquire(long offset) {
        return (int) INTS.getAcquire(window(offset, 4), (int) offset & WINDOW_MASK);
    }

    public void putIntRelease(long offset, int value) {
        INTS.setRelease(window(offset, 4), (int) offset & WINDOW_MASK, value);
    }

    public long getLongAcquire(long offset) {
        return (long) LONGS.getAcquire(window(offset, 8), (int) offset & WINDOW_MASK);
    }

    public void putLongRelease(long offset, long value) {
        LONGS.setRelease(window(offset, 8), (int) offset & WINDOW_MASK, value);
    }

    /** Atomic exchange, also between processes. Aligned to 8. */
    public long getAndSetLong(long offset, long value) {
        return (long) LONGS.getAndSet(window(offset, 8), (int) offset & WINDOW_MASK, value);
    }

    /** Atomic OR, also between processes. Aligned to 8. */
    public long getAndOrLong(long offset, long bits) {
        return (long) LONGS.getAndBitwiseOr(window(offset, 8), (int) offset & WINDOW_MASK, bits);
    }

    /** Atomic AND, also between processes. Aligned to 8. */
    public long getAndAndLong(long offset, long bits) {
        return (long) LONGS.getAndBitwiseAnd(window(offset, 8), (int) offset & WINDOW_MASK, bits);
    }

    /** Fills what remains of the buffer. */
    public void copyTo(long offset, ByteBuffer destination) {
        checkRange(offset, destination.remaining());
        while (destination.hasRemaining()) {
            ByteBuffer window = windows[(int) (offset >>> WINDOW_SHIFT)];
            int from = (int) offset & WINDOW_MASK;
            int length = Math.min(destination.remaining(), window.capacity() - from);
            destination.put(destination.position(), window, from, length);
            destination.position(destination.position() + length);
            offset += length;
        }
    }

    /** Writes what remains of the buffer. */
    public void copyFrom(long offset, ByteBuffer source) {
        checkRange(offset, source.remaining());
        while (source.hasRemaining()) {
            ByteBuffer window = windows[(int) (offset >>> WINDOW_SHIFT)];
            int to = (int) offset & WINDOW_MASK;
            int length = Math.min(source.remaining(), window.capacity() - to);
            window.put(to, source, source.position(), length);
            source.position(source.position() + length);
            offset += length;
        }
    }

    /** Copies; the two pieces may overlap. */
    public static void copy(NativeMemory from, long fromOffset, NativeMemory to, long toOffset, long length) {
        LibKemari.kemari_copy(to.writableAt(toOffset, length), from.at(fromOffset, length), length);
    }

    /** Sets each byte of a range. */
    public void fill(long offset, long length, byte value) {
        LibKemari.kemari_fill(writableAt(offset, length), value, length);
    }

    /** Whether each byte of a range is zero. Reading a hole of a memory file may give it pages. */
    public boolean isZero(long offset, long length) {
        return LibKemari.kemari_is_zero(at(offset, length), length) != 0;
    }

    /** Whether two ranges have the same bytes. */
    public static boolean equal(NativeMemory a, long aOffset, NativeMemory b, long bOffset, long length) {
        return LibKemari.kemari_equal(a.at(aOffset, length), b.at(bOffset, length), length) != 0;
    }

    /**
     * Finds what has changed between two ranges, and makes the old one equal to the new one as far as was looked. Written
     * are runs of words of 8 bytes that differ: the number of equal words before (16 bits), the number of words (16
     * bits; 0 where more words are equal than can be told), and the new words.
     *
     * @param length of both ranges, a multiple of 8, as both offsets are
     * @param most how large the runs may become
     * @return their size; -1 if they would be larger: then the old range is neither of the two
     */
    public static long delta(
            NativeMemory fresh,
            long freshOffset,
            NativeMemory old,
            long oldOffset,
            long length,
            NativeMemory out,
            long outOffset,
            long most) {
        if (((freshOffset | oldOffset | length) & 7) != 0) {
            throw new IllegalArgumentException("words of 8 bytes");
        }
        return LibKemari.kemari_delta(
                fresh.at(freshOffset, length),
                old.writableAt(oldOffset, length),
                length >>> 3,
                out.writableAt(outOffset, most),
                most);
    }

    /** A direct view, little-endian, position 0. It must not be used after this memory is closed. */
    public ByteBuffer buffer(long offset, int length) {
        checkRange(offset, length);
        if (length == 0) {
            return ByteBuffer.allocateDirect(0).order(ORDER);
        }
        ByteBuffer window = windows[(int) (offset >>> WINDOW_SHIFT)];
        int begin = (int) offset & WINDOW_MASK;
        if (length <= window.capacity() - begin) {
            return window.slice(begin, length).order(ORDER);
        }
        return view(offset, length);
    }

    /** The address of a checked range, for a native call that reads it. */
    long at(long offset, long length) {
        checkRange(offset, length);
        return address + offset;
    }

    /** The address of a checked range, for a native call that writes it. */
    long writableAt(long offset, long length) {
        if (!writable) {
            throw new IllegalStateException("this memory is mapped read-only");
        }
        return at(offset, length);
    }

    boolean isWritable() {
        return writable;
    }

    private ByteBuffer view(long offset, long length) {
        ByteBuffer buffer = new Pointer(address + offset).getByteBuffer(0, length);
        return (writable ? buffer : buffer.asReadOnlyBuffer()).order(ORDER);
    }

    private ByteBuffer window(long offset, int length) {
        checkRange(offset, length);
        return windows[(int) (offset >>> WINDOW_SHIFT)];
    }

    private void checkRange(long offset, long length) {
        if ((offset | length) < 0 || length > limit - offset) {
            fail(offset, length);
        }
    }

    private void fail(long offset, long length) {
        if (limit < 0) {
            throw new IllegalStateException("this memory is closed");
        }
        Objects.checkFromIndexSize(offset, length, size);
    }

    @Override
    public synchronized void close() {
        if (limit >= 0) {
            limit = -1;
            MemoryAccount.add(entry, -size);
            LibKemari.kemari_unmap(address, size);
        }
    }

    @Override
    public String toString() {
        return size + " bytes at 0x" + Long.toHexString(address);
    }
}
