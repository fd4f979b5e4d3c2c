package org.kemari.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.kemari.linux.internal.ChangeLogHeader;
import org.kemari.linux.internal.LibKemari;
import org.kemari.linux.internal.RegionSlots;

/**
 * A file that tells which extents of this host's copy of a mirrored disk may differ from the copy of one other host, the
 * peer. It is relative to a <i>base</i>: the session (attempt at protection) at whose first checkpoint the two copies were
 * equal but for what was pending, and durable. Both hosts keep such a log against each other.
 *
 * <h2>What it promises</h2>
 *
 * <p><b>If the logs of two hosts against each other have the same base, and both can be trusted, then their copies differ
 * only in extents that are marked in one log or the other.</b> So these are all that a returning host needs. Where it comes
 * from:
 *
 * <ol>
 *   <li><i>Marked before written.</i> Every change of a copy is marked before it is made: by the event tap when it takes a
 *       request from its ring (not when it executes it: so a primary's log also names what the peer executes because a
 *       checkpoint carried it, even if the primary dies, or the guest is reset, before it executes the same itself); by
 *       ring restoration and state transfer on a standby.
 *   <li><i>Unmarked only when settled.</i> While the session lasts, both hosts make the same changes, and marks would
 *       pile up. There are two bitmaps, a current and a previous one. {@link #swap} turns the current one into the previous
 *       one; all that is marked in there belongs to epochs up to some <i>e</i> (the primary swaps before it prepares the
 *       checkpoint <i>e</i>, the standby after it has applied it). When <b>both</b> hosts have executed all writes of
 *       epochs up to <i>e</i> and have flushed their disks, {@link #settle} drops the previous marks: these extents are
 *       equal and durable on both, but for later writes, which are marked in the current bitmap.
 *   <li><i>After the session</i> nothing is dropped any more.
 * </ol>
 *
 * <h2>What survives what</h2>
 *
 * <p>Marks are put into a shared mapping: the death of any process loses nothing. A crash of the machine or a loss of power
 * loses marks, and writes that were not flushed. Hence the header says during which boot of the machine the marks were
 * made, and a log can be trusted
 *
 * <ul>
 *   <li><i>for its marks</i> ({@link #isTrusted}): during the same boot, or if it was closed by {@link #clean}, which makes
 *       the marks durable. (Writes that were lost because they were not flushed are marked: marks go only after a flush.)
 *   <li><i>for its statement</i> ({@link #isFaithful}), always: "since the base, this copy has received nothing but
 *       writes of committed epochs of that session". It is made durable before the log counts, and taken back durably
 *       ({@link #diverge}) before anything else is written. If the peer's log names everything that was committed in that
 *       session ({@link #isComplete}: the peer was the primary, which marks what it takes; or it took over, from an image in
 *       which all that was ever acknowledged has been executed), the peer's marks are enough: this copy differs from the
 *       base only by committed writes, all of them or some, and by lost ones that were committed and not yet settled.
 * </ul>
 *
 * <p>So a primary whose host lost power in mid-session needs only what the standby that took over has marked, and, if it ran
 * ahead ({@link #runAhead}), all of its {@link ActiveRegions}: besides what was committed it has received only what is in
 * these, and they were made durable before. What it had received and what was lost because it was not flushed does not
 * matter: as long as that is so, it was committed, and is marked by the standby, or it is in an active region. Everything
 * else — no log, a damaged one, another base, another size of disk, another file of the same name, another boot without
 * either of the above — counts for nothing: the copies are compared.
 *
 * <p>Not covered: whoever changes the content of a disk in its place, behind Kemari's back, must remove its logs.
 *
 * <p>Threads: {@link #mark} any; everything else one at a time. Several mappings of the same file, in one or more processes,
 * may mark and settle; only one changes the header.
 */
public final class ChangeLog implements AutoCloseable {
    /** What one mark stands for, in bytes. */
    public static final int EXTENT_BYTES = 64 << 10;

    private static final long REGIONS_AT = 4096;
    private static final long BITS_AT = REGIONS_AT + RegionSlots.BYTES;
    private static final long NEW_SLOTS = 1;
    private static final String NEW = ".new";

    private final Path path;
    private final Fd fd;
    private final NativeMemory memory;
    /** What is written as active regions. */
    private final NativeMemory slot;

    private final long words;
    private final long bitmapBytes;
    private final String boot;
    private ChangeLogHeader header;
    private Optional<ActiveRegions> regions = Optional.empty();

    private ChangeLog(Path path, Fd fd, NativeMemory memory, ChangeLogHeader header, String boot) throws IOException {
        this.slot = NativeMemory.allocate(RegionSlots.SLOT_BYTES);
        this.path = path;
        this.fd = fd;
        this.memory = memory;
        this.header = header;
        this.boot = boot;
        this.words = words(header.diskBytes());
        this.bitmapBytes = bitmapBytes(words);
    }

    private static long words(long diskBytes) {
        return Math.max(1, (diskBytes + EXTENT_BYTES * 64L - 1) / (EXTENT_BYTES * 64L));
    }

    private static long bitmapBytes(long words) {
        return (words * 8 + 4095) / 4096 * 4096;
    }

    /**
     * Makes an empty log, durably, beside its place; {@link #publish} puts it there. Its statement is that of a copy that
     * has just become equal to the peer's and will receive only what is committed.
     *
     * @param path its place
     * @param peer the other host
     * @param session the attempt at protection that made the copies equal, not 0
     * @param primary whether this host is the primary in it
     * @param disk this host's copy
     */
    public static ChangeLog create(Path path, String peer, long session, boolean primary, BlockFile.Identity disk)
            throws IOException {
        return create(path, peer, session, primary, disk, Boot.id());
    }

    static ChangeLog create(Path path, String peer, long session, boolean primary, BlockFile.Identity disk, String boot)
            throws IOException {
        ChangeLogHeader header = new ChangeLogHeader(
                peer, session, disk.bytes(), disk.birth(), boot, primary, primary, true, false, false);
        long bytes = BITS_AT + 2 * bitmapBytes(words(disk.bytes()));
        Path beside = path.resolveSibling(path.getFileName() + NEW);
        Files.deleteIfExists(beside);
        Fd fd = Fd.open(beside, OpenMode.CREATE_NEW);
        try {
            fd.truncate(bytes);
            // a full file system must not become a SIGBUS when something is marked
            fd.reserve(0, bytes);
            ChangeLog log = new ChangeLog(path, fd, NativeMemory.map(fd, 0, bytes, true), header, boot);
            log.putRegions(NEW_SLOTS - 1, new long[0]);
            log.putRegions(NEW_SLOTS, new long[0]);
            log.header.put(log.memory);
            log.sync();
            return log;
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Puts a new log in its place; an older one is gone then. Durable only after {@link #persist}. */
    public void publish() throws IOException {
        Files.move(
                path.resolveSibling(path.getFileName() + NEW),
                path,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes {@link #publish} durable. */
    public void persist() throws IOException {
        syncDirectory(path.toAbsolutePath().getParent());
    }

    /** Removes a log, durably. */
    public static void remove(Path path) throws IOException {
        if (Files.deleteIfExists(path)) {
            syncDirectory(path.toAbsolutePath().getParent());
        }
    }

    /**
     * Opens a log as it is.
     *
     * @param disk the copy that is there now
     * @throws IOException if it is not there, damaged, or of another disk; the message says which
     */
    public static ChangeLog open(Path path, BlockFile.Identity disk) throws IOException {
        return open(path, disk, Boot.id());
    }

    static ChangeLog open(Path path, BlockFile.Identity disk, String boot) throws IOException {
        Fd fd = Fd.open(path, OpenMode.READ_WRITE);
        try {
            long bytes = BITS_AT + 2 * bitmapBytes(words(disk.bytes()));
            if (fd.size() != bytes) {
                throw new IOException("the change log " + path + " is that of a disk of another size");
            }
            NativeMemory memory = NativeMemory.map(fd, 0, bytes, true);
            try {
                ChangeLogHeader header = ChangeLogHeader.take(memory, path);
                if (header.diskBytes() != disk.bytes()) {
                    throw new IOException("the change log " + path + " is that of a disk of another size");
                }
                if (header.birth() != disk.birth()) {
                    throw new IOException("the change log " + path + " is that of another disk of the same name");
                }
                return new ChangeLog(path, fd, memory, header, boot);
            } catch (IOException | RuntimeException e) {
                memory.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** The other host. */
    public String peer() {
        return header.peer();
    }

    /** The attempt at protection that it is relative to. */
    public long session() {
        return header.session();
    }

    /** Whether this host was the primary in that attempt. */
    public boolean wasPrimary() {
        return header.primary();
    }

    /** Size of the disk. */
    public long diskBytes() {
        return header.diskBytes();
    }

    /** Whether its marks can be relied on. */
    public boolean isTrusted() {
        return header.clean() || header.boot().equals(boot);
    }

    /** Whether it names everything that was committed in the base session, if it is trusted. */
    public boolean isComplete() {
        return header.complete();
    }

    /** Whether this copy has received nothing but writes of committed epochs of the base session. */
    public boolean isFaithful() {
        return header.faithful();
    }

    /**
     * Whether the base session goes on, as far as this log knows: then what both hosts have done, durably, need not stay
     * marked. Its copy is faithful, or runs ahead.
     */
    public boolean isInSession() {
        return header.faithful() || header.ahead();
    }

    /**
     * Whether this host, coming back, needs only what is marked: in the log of the host that has gone on and, if this one
     * {@link #isTrusted}, in this one.
     *
     * @param session base of the other host's log, which is trusted
     * @param primary whether the other host was the primary in it
     * @param complete whether that log names everything that was committed in it
     */
    public boolean isAnsweredBy(long session, boolean primary, boolean complete) {
        return session == header.session()
                && primary != header.primary()
                && (isTrusted()
                        || (complete && (header.faithful() || lastRegions().isPresent())));
    }

    /**
     * What this host, coming back, has to add to the marks of a log that {@linkplain #isAnsweredBy answers} this one: bit n
     * stands for extent {@code index * 64 + n}.
     */
    public long[] additions() {
        long[] additions = new long[Math.toIntExact(words)];
        if (isTrusted()) {
            for (int i = 0; i < additions.length; i++) {
                additions[i] = word(i);
            }
        } else {
            lastRegions().ifPresent(active -> expand(active, additions));
        }
        return additions;
    }

    /** In which regions this copy may be ahead, if it may and that is known. */
    private Optional<long[]> lastRegions() {
        byte[] slots = new byte[RegionSlots.BYTES];
        memory.copyTo(REGIONS_AT, ByteBuffer.wrap(slots));
        return header.ahead() ? RegionSlots.last(slots) : Optional.empty();
    }

    private void expand(long[] active, long[] extents) {
        long perRegion = RegionSlots.regionBytes(diskBytes()) / EXTENT_BYTES;
        for (long i = 0; i * EXTENT_BYTES < diskBytes(); i++) {
            long region = i / perRegion;
            if ((active[(int) (region / 64)] >>> region & 1) != 0) {
                extents[(int) (i / 64)] |= 1L << i;
            }
        }
    }

    /**
     * Durably: more will be marked from now on, during this boot.
     *
     * @throws IllegalStateException if it is not to be trusted
     */
    public void resume() throws IOException {
        if (!isTrusted()) {
            throw new IllegalStateException(path + " cannot be gone on with");
        }
        if (!isResumed()) {
            write(header.during(boot));
        }
    }

    boolean isResumed() {
        return !header.clean() && header.boot().equals(boot);
    }

    /** This host takes over: all that was acknowledged in the base session has been executed on this copy, and is marked. */
    public void tookOver() throws IOException {
        if (!header.complete()) {
            write(header.completed());
        }
    }

    /** Durably: from now on this copy receives what was not committed in the base session. Returns at once if it does already. */
    public void diverge() throws IOException {
        if (isInSession()) {
            write(header.diverged());
        }
    }

    /**
     * Durably: from now on this copy receives writes before they are committed, in the base session, which goes on.
     *
     * @return where it may; empty if there is no such session
     * @throws IllegalStateException if another mapping of this log has begun with it
     */
    public Optional<ActiveRegions> runAhead() throws IOException {
        return runAhead(new ActiveRegions(this, NEW_SLOTS));
    }

    Optional<ActiveRegions> runAhead(ActiveRegions none) throws IOException {
        if (header.faithful()) {
            regions = Optional.of(none);
            write(header.runningAhead());
        }
        if (header.ahead() && regions.isEmpty()) {
            throw new IllegalStateException(path + ": somebody else runs ahead");
        }
        return header.ahead() ? regions : Optional.empty();
    }

    /** Writes a generation of active regions, not yet durably. */
    void putRegions(long generation, long[] active) throws IOException {
        slot.copyFrom(0, RegionSlots.slot(generation, active));
        int number = fd.acquire();
        try {
            // not through the mapping: half an update is never written out
            long place = REGIONS_AT + RegionSlots.slotAt(generation);
            long address = slot.at(0, RegionSlots.SLOT_BYTES);
            LinuxException.check(
                    LibKemari.kemari_write_at(number, address, RegionSlots.SLOT_BYTES, place), "write", path);
        } finally {
            fd.release();
        }
    }

    /** Durably: nothing will be marked any more until {@link #resume}; from now on it outlives a boot. */
    public void clean() throws IOException {
        // the marks first: the flag vouches for them
        sync();
        write(header.cleaned());
    }

    private void write(ChangeLogHeader changed) throws IOException {
        changed.put(memory);
        header = changed;
        sync();
    }

    /** Makes everything durable that has been put into it. */
    void sync() throws IOException {
        int number = fd.acquire();
        try {
            LinuxException.check(LibKemari.kemari_flush(number), "flush", path);
        } finally {
            fd.release();
        }
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Marks what is about to be changed, with the effect of a full fence. */
    public void mark(long offset, long length) {
        if (length <= 0) {
            return;
        }
        Objects.checkFromIndexSize(offset, length, header.diskBytes());
        long bitmap = bitmap(ChangeLogHeader.current(memory));
        long end = (offset + length - 1) / EXTENT_BYTES + 1;
        for (long bit = offset / EXTENT_BYTES; bit < end; ) {
            long wordEnd = Math.min((bit | 63) + 1, end);
            long mask = (-1L >>> (64 - (wordEnd - bit))) << (bit & 63);
            memory.getAndOrLong(bitmap + (bit >>> 6 << 3), mask);
            bit = wordEnd;
        }
    }

    private long bitmap(int index) {
        return BITS_AT + index * bitmapBytes;
    }

    /**
     * Makes the current marks the previous ones, if there are any and the previous ones have been settled. A mark that
     * began before may still get into the previous bitmap: whoever settles must know that its write is done, too.
     *
     * @return whether it has been done
     */
    public boolean swap() {
        int current = ChangeLogHeader.current(memory);
        if (ChangeLogHeader.isFrozen(memory) || isEmpty(current) || !isEmpty(1 - current)) {
            return false;
        }
        ChangeLogHeader.current(memory, 1 - current);
        return true;
    }

    /** Drops the previous marks: the two copies are equal there, durably, but for what is marked since. */
    public void settle() {
        if (ChangeLogHeader.isFrozen(memory)) {
            return;
        }
        long previous = bitmap(1 - ChangeLogHeader.current(memory));
        for (long i = 0; i < words; i++) {
            if (memory.getLongAcquire(previous + i * 8) != 0) {
                memory.getAndSetLong(previous + i * 8, 0);
            }
        }
    }

    /** No marks are dropped any more: a write failed here, and nobody knows what the disk holds. */
    public void freeze() {
        ChangeLogHeader.freeze(memory);
    }

    private boolean isEmpty(int bitmap) {
        return LibKemari.kemari_count_bits(memory.at(bitmap(bitmap), bitmapBytes), words) == 0;
    }

    /** Number of 64-bit words that the marks are in. */
    public long words() {
        return words;
    }

    /** Bit n: extent {@code index * 64 + n} is marked, in whichever bitmap. */
    public long word(long index) {
        Objects.checkIndex(index, words);
        // a swap between the two reads does not move marks
        return memory.getLongAcquire(bitmap(0) + index * 8) | memory.getLongAcquire(bitmap(1) + index * 8);
    }

    /** Whether anything is marked there, with no more than full extents at its ends; not empty. */
    boolean isMarked(long offset, long length) {
        long end = (offset + length - 1) / EXTENT_BYTES + 1;
        for (long bit = offset / EXTENT_BYTES; bit < end; ) {
            long wordEnd = Math.min((bit | 63) + 1, end);
            if ((word(bit >>> 6) & (-1L >>> (64 - (wordEnd - bit))) << (bit & 63)) != 0) {
                return true;
            }
            bit = wordEnd;
        }
        return false;
    }

    /** Bytes of marked extents. */
    public long markedBytes() {
        long count = 0;
        for (long i = 0; i < words; i++) {
            count += Long.bitCount(word(i));
        }
        return count * EXTENT_BYTES;
    }

    /** Ends this mapping; the file stays as it is. Call when nobody marks any more. */
    @Override
    public void close() {
        memory.close();
        slot.close();
        fd.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
