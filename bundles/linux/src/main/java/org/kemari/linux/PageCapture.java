package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.linux.internal.LibKemari;
import org.kemari.linux.internal.ProcessMappings;

/**
 * Finds the pages of a guest's memory that changed, and copies them. A page is 4 KiB; its number is its place in the RAM
 * file.
 *
 * <p>Changes come from two sides. What the hypervisor's process writes is found by the ioctl {@code PAGEMAP_SCAN} (Linux
 * 6.7; Documentation/admin-guide/mm/pagemap.rst), for which {@link Preload} must be at work there, or by comparing with
 * what was copied last. What this host's Kemari writes itself is marked by it in a {@link DirtyBitmap}.
 *
 * <p>Both are collected by {@link #scan} in a set of <i>pending</i> pages, which {@link #copy} empties as far as there is
 * room. The guest may run meanwhile: a page that it writes after the scan is found by the next one. So what has been
 * copied is a consistent image only if the guest was stopped during the last scan and all copying after it.
 *
 * <p>Until the first scan, tracking costs the guest nothing, and that scan finds all pages, even those that nobody has
 * touched: see {@link #begin}. Unless the process was started with {@link Preload#fromStart}: then it finds what the
 * process has written since it mapped the file.
 *
 * <p>Threads: one at a time.
 */
public final class PageCapture implements AutoCloseable {
    public static final int PAGE_BYTES = 4096;

    private static final int CAPTURE_WORDS = 11;
    private static final int MAPPING_BYTES = 24;
    /** Of the chunks in {@code native/src/capture.c}. */
    private static final long CHUNK_PAGES = 4096;

    private static final long SEEN_OFFSET = 10 * 8;
    /** Pages that {@link #copy} reports: cursor, runs, data pages, zero pages. */
    private static final long COPIED_OFFSET = CAPTURE_WORDS * 8L;

    private static final long MAPPINGS_OFFSET = COPIED_OFFSET + 4 * 8;

    private final String name;
    private final long pages;
    private final boolean comparing;
    private final Resources resources;
    private final NativeMemory control;
    private final NativeMemory ram;
    private final NativeMemory pending;
    private final List<NativeMemory> shadows;

    /**
     * What one {@link #copy} did.
     *
     * @param runs entries written to the array of runs
     * @param dataPages pages copied to the staging buffer
     * @param zeroPages pages in runs of zeroes
     * @param remainingPages still pending, because there was no more room
     */
    public record Copied(long runs, long dataPages, long zeroPages, long remainingPages) {}

    private PageCapture(
            String name,
            long ramBytes,
            boolean comparing,
            Resources resources,
            NativeMemory control,
            NativeMemory ram,
            NativeMemory pending,
            List<NativeMemory> shadows) {
        this.name = name;
        this.pages = ramBytes / PAGE_BYTES;
        this.comparing = comparing;
        this.resources = resources;
        this.control = control;
        this.ram = ram;
        this.pending = pending;
        this.shadows = shadows;
    }

    /** Says whose memory this looks at; see {@link NativeMemory#countFor}. */
    public PageCapture countFor(String domain) {
        ram.countFor(domain, "guest memory, to be copied");
        pending.countFor(domain, "marks of what is to be copied");
        shadows.forEach(s -> s.countFor(domain, "copy of guest memory, to compare with"));
        return this;
    }

    /**
     * Tracks a process through its page tables.
     *
     * @param pid the hypervisor; this process must be allowed to trace it
     * @param ramFile the file that is its guest's memory
     * @param ramBytes size of that memory, a multiple of 4096
     * @param ownPages pages that this host's Kemari writes; taken and cleared by each scan
     * @throws IOException if it does not map the file, or if nobody tracks its writes there
     */
    public static PageCapture open(long pid, Path ramFile, long ramBytes, DirtyBitmap ownPages) throws IOException {
        return open(pid, ramFile, ramBytes, Optional.of(ownPages));
    }

    private static PageCapture open(long pid, Path ramFile, long ramBytes, Optional<DirtyBitmap> ownPages)
            throws IOException {
        List<ProcessMappings.Mapping> mappings = ProcessMappings.of(pid, ramFile);
        if (mappings.isEmpty()) {
            throw new IOException("process " + pid + " does not map " + ramFile);
        }
        Resources resources = new Resources();
        try {
            Fd pagemap = resources.add(Fd.open(Path.of("/proc/" + pid + "/pagemap"), OpenMode.READ));
            PageCapture capture =
                    create("process " + pid, ramFile, ramBytes, ownPages, Optional.of(pagemap), mappings, resources);
            if (check(LibKemari.kemari_capture_probe(capture.address()), "scan the pages of", capture.name) != 1) {
                throw new IOException("process " + pid + " does not track the writes to " + ramFile
                        + ": it was started without the preload library, or that could not do it");
            }
            return capture;
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    /** Tracks by comparing with a copy of its own, which takes as much memory as the guest has touched. */
    public static PageCapture compare(Path ramFile, long ramBytes) throws IOException {
        return compare(ramFile, ramBytes, Optional.empty());
    }

    /** The same; the marks say nothing that comparing would not find, but are taken and cleared as by {@link #open}. */
    public static PageCapture compare(Path ramFile, long ramBytes, Optional<DirtyBitmap> ownPages) throws IOException {
        Resources resources = new Resources();
        try {
            return create(ramFile.toString(), ramFile, ramBytes, ownPages, Optional.empty(), List.of(), resources);
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    /** Whether this kernel has the ioctl and lets this process use it on that one. */
    public static boolean isSupported(long pid) {
        try (Resources resources = new Resources()) {
            Fd pagemap = resources.add(Fd.open(Path.of("/proc/" + pid + "/pagemap"), OpenMode.READ));
            NativeMemory control = resources.add(NativeMemory.allocate(MAPPINGS_OFFSET + MAPPING_BYTES));
            control.putLong(0, pagemap.value());
            // An empty range: the kernel checks the request, and has nothing to do.
            control.putLong(8 * 8, control.address() + MAPPINGS_OFFSET);
            control.putLong(9 * 8, 1);
            control.putLong(MAPPINGS_OFFSET, 1L << 20);
            control.putLong(MAPPINGS_OFFSET + 8, (1L << 20) + PAGE_BYTES);
            return LibKemari.kemari_capture_probe(control.address()) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether {@link #open} would find the writes of that process to that file tracked. */
    public static boolean isTracked(long pid, Path ramFile) {
        try (PageCapture capture = open(pid, ramFile, Files.size(ramFile), Optional.empty())) {
            return !capture.isComparing();
        } catch (IOException e) {
            return false;
        }
    }

    private static PageCapture create(
            String name,
            Path ramFile,
            long ramBytes,
            Optional<DirtyBitmap> ownPages,
            Optional<Fd> pagemap,
            List<ProcessMappings.Mapping> mappings,
            Resources resources)
            throws IOException {
        if (ramBytes <= 0 || ramBytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("memory of " + ramBytes + " bytes is not a multiple of 4096");
        }
        Fd fd = resources.add(Fd.open(ramFile, OpenMode.READ));
        if (fd.size() < ramBytes) {
            throw new IOException(ramFile + " has " + fd.size() + " bytes, less than the guest's " + ramBytes);
        }
        long pages = ramBytes / PAGE_BYTES;
        if (ownPages.isPresent() && ownPages.get().bits() < pages && pagemap.isPresent()) {
            throw new IllegalArgumentException("marks for " + ownPages.get().bits() + " pages, the guest has " + pages);
        }
        NativeMemory ram = resources.add(NativeMemory.map(fd, 0, ramBytes, false));
        NativeMemory pending = resources.add(NativeMemory.allocate((pages + 63) / 64 * 8));
        NativeMemory control =
                resources.add(NativeMemory.allocate(MAPPINGS_OFFSET + (long) mappings.size() * MAPPING_BYTES));
        long shadow = 0;
        long known = 0;
        List<NativeMemory> shadows = new ArrayList<>();
        if (pagemap.isEmpty()) {
            shadows.add(resources.add(NativeMemory.allocate(ramBytes)));
            shadows.add(resources.add(NativeMemory.allocate(pending.size())));
            shadow = shadows.get(0).address();
            known = shadows.get(1).address();
        }
        control.putLong(0, pagemap.map(Fd::value).orElse(-1));
        control.putLong(8, fd.value());
        control.putLong(2 * 8, ram.address());
        control.putLong(3 * 8, pages);
        control.putLong(4 * 8, pending.address());
        control.putLong(5 * 8, ownPages.map(marks -> marks.memory().address()).orElse(0L));
        control.putLong(6 * 8, shadow);
        control.putLong(7 * 8, known);
        control.putLong(8 * 8, control.address() + MAPPINGS_OFFSET);
        control.putLong(9 * 8, mappings.size());
        for (int i = 0; i < mappings.size(); i++) {
            long at = MAPPINGS_OFFSET + (long) i * MAPPING_BYTES;
            control.putLong(at, mappings.get(i).start());
            control.putLong(at + 8, mappings.get(i).end());
            control.putLong(at + 16, mappings.get(i).fileOffset());
        }
        return new PageCapture(name, ramBytes, pagemap.isEmpty(), resources, control, ram, pending, shadows);
    }

    /** Whether changes are found by comparing. */
    public boolean isComparing() {
        return comparing;
    }

    /** {@code pagemap-scan} or {@code compare}. */
    public String method() {
        return comparing ? "compare" : "pagemap-scan";
    }

    public long pages() {
        return pages;
    }

    /**
     * Adds to the pending pages all that changed since the last scan.
     *
     * @throws LinuxException ESRCH if the process is gone: what it wrote last is unknown
     */
    public void scan() throws IOException {
        check(LibKemari.kemari_capture_scan(address()), "scan the pages of", name);
    }

    /**
     * As {@link #scan}, but takes nothing: the next scan, by whomever, finds the same again.
     *
     * @throws LinuxException ESRCH if the process is gone
     * @throws IllegalStateException if changes are found by comparing
     */
    public void look() throws IOException {
        if (comparing) {
            throw new IllegalStateException("comparing cannot tell what has been written since the start");
        }
        check(LibKemari.kemari_capture_look(address()), "look at the pages of", name);
    }

    /**
     * Begins with a full image: from now on changes are tracked, and pending are all pages that may be other than zero, as
     * {@link #markPopulated} says. The guest may run.
     *
     * @return how many pages are pending
     */
    public long begin() throws IOException {
        // The first scan reports each page as written; those without space in the file are not worth a look.
        // And from now on they are not looked at, until the file has pages there: the image has zeroes, as it begins
        // with.
        if (!comparing && control.getLong(SEEN_OFFSET) == 0) {
            long chunks = (pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
            NativeMemory seen = resources.add(NativeMemory.allocate((chunks + 63) / 64 * 16));
            control.putLong(SEEN_OFFSET, seen.address());
        }
        scan();
        forget();
        return markPopulated();
    }

    /**
     * Begins with an image that is there already but for some pages: pending are those and all that changed since the last
     * scan, or since the start of a process that was started for that ({@link Preload#fromStart}). The guest may run.
     *
     * @param lacking one bit for each page that the image lacks, as for {@link #mark(NativeMemory)}
     * @return how many pages are pending
     */
    public long begin(NativeMemory lacking) throws IOException {
        scan();
        mark(lacking);
        return pending();
    }

    /** Makes all pages pending. */
    public void markAll() {
        LibKemari.kemari_capture_mark(address(), 0, pages);
    }

    /** Makes all pages pending that the RAM file has space for; all others are zero. Returns how many pages are pending. */
    public long markPopulated() {
        LibKemari.kemari_capture_mark_populated(address());
        return pending();
    }

    /** Makes a range of pages pending. */
    public void mark(long firstPage, long count) {
        Objects.checkFromIndexSize(firstPage, count, pages);
        if (count > 0) {
            LibKemari.kemari_capture_mark(address(), firstPage, firstPage + count);
        }
    }

    /** Makes pages pending by a bitmap like {@link #pendingBits}, which may be longer. */
    public void mark(NativeMemory bits) {
        for (long at = 0; at < pending.size(); at += 8) {
            pending.putLong(at, pending.getLong(at) | bits.getLong(at));
        }
        if ((pages & 63) != 0) {
            long last = pending.size() - 8;
            pending.putLong(last, pending.getLong(last) & -1L >>> (64 - (pages & 63)));
        }
    }

    /** Which pages are pending: one bit each, in little-endian words of 64. Still owned by this. */
    public NativeMemory pendingBits() {
        return pending;
    }

    /** How many pages are pending. */
    public long pending() {
        return LibKemari.kemari_count_bits(pending.at(0, pending.size()), pending.size() / 8);
    }

    /** Forgets all pending pages. */
    public void forget() {
        pending.fill(0, pending.size(), (byte) 0);
        control.putLong(COPIED_OFFSET, 0);
    }

    /**
     * Copies pending pages while there is room, and takes them off. Goes on where the last call stopped, so that a
     * sequence of calls goes through the memory once.
     *
     * @param runs receives entries as {@link PageRuns} describes
     * @param staging receives the data, contiguous
     * @param findZeroes whether pages that are zero become runs without data
     */
    public Copied copy(NativeMemory runs, NativeMemory staging, boolean findZeroes) throws IOException {
        return copy(runs, 0, runs.size() / PageRuns.ENTRY_BYTES, staging, 0, staging.size() / PAGE_BYTES, findZeroes);
    }

    /** The same, into parts of the two buffers. Offsets are in bytes. */
    public Copied copy(
            NativeMemory runs,
            long runsOffset,
            long runCapacity,
            NativeMemory staging,
            long stagingOffset,
            long pageCapacity,
            boolean findZeroes)
            throws IOException {
        long entries = runs.writableAt(runsOffset, Math.multiplyExact(runCapacity, (long) PageRuns.ENTRY_BYTES));
        long data = staging.writableAt(stagingOffset, Math.multiplyExact(pageCapacity, (long) PAGE_BYTES));
        long copied = control.address() + COPIED_OFFSET;
        check(
                LibKemari.kemari_capture_copy(
                        address(), entries, runCapacity, data, pageCapacity, findZeroes ? 1 : 0, copied),
                "copy the pages of",
                name);
        return new Copied(
                control.getLong(COPIED_OFFSET + 8),
                control.getLong(COPIED_OFFSET + 16),
                control.getLong(COPIED_OFFSET + 24),
                pending());
    }

    /** Scans, then copies from the beginning: what a checkpoint needs. */
    public Copied capture(NativeMemory runs, NativeMemory staging, boolean findZeroes) throws IOException {
        scan();
        control.putLong(COPIED_OFFSET, 0);
        return copy(runs, staging, findZeroes);
    }

    /**
     * Drops the page tables that this process has for the memory; what is looked at again gets new ones. A process that is
     * killed lets go of its connections only after it has undone its page tables, some 40 ms per GiB: with few of them its
     * peers know sooner. Worth calling after much has been copied.
     */
    public void trim() throws IOException {
        check(LibKemari.kemari_capture_trim(address()), "trim the mapping of", name);
    }

    /** Whether a range is zero. */
    public static boolean isZero(NativeMemory memory, long offset, long length) {
        return memory.isZero(offset, length);
    }

    private long address() {
        return control.at(0, control.size());
    }

    @Override
    public void close() {
        resources.close();
    }
}
