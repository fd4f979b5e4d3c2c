package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real process under the preload library, with real page tables. */
class PageCaptureTest {
    private static final long RAM = 64L << 20;
    private static final int PAGE = PageCapture.PAGE_BYTES;

    @TempDir
    Path directory;

    private Path ramDirectory;
    private Path ram;
    private Path status;
    private Map<String, String> environment;
    private NativeMemory runs;
    private NativeMemory staging;
    private DirtyBitmap marks;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/dev/shm")), "needs a tmpfs at /dev/shm");
        ramDirectory = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-test");
        ram = ramDirectory.resolve("guest.ram");
        status = directory.resolve("status");
        environment = Preload.environment(Preload.extract(directory), ram, status);
        runs = NativeMemory.allocate(1000 * PageRuns.ENTRY_BYTES);
        staging = NativeMemory.allocate(2000L * PAGE);
    }

    @AfterEach
    void clean() throws IOException {
        runs.close();
        staging.close();
        if (marks != null) {
            marks.close();
        }
        Files.deleteIfExists(ram);
        Files.delete(ramDirectory);
    }

    private void makeRam(long bytes) throws IOException {
        try (Fd fd = Fd.open(ram, OpenMode.CREATE_NEW)) {
            fd.truncate(bytes);
        }
        marks = DirtyBitmap.anonymous(bytes / PAGE);
    }

    private PageCapture open(Writer writer, boolean comparing, long bytes) throws IOException {
        if (comparing) {
            return PageCapture.compare(ram, bytes, Optional.of(marks));
        }
        assumeTrue(PageCapture.isSupported(writer.pid()), "needs PAGEMAP_SCAN (Linux 6.7) and the right to trace");
        assertThat(Preload.status(status)).contains(new Preload.Status(true, ""));
        return PageCapture.open(writer.pid(), ram, bytes, marks);
    }

    /** Everything that is pending, as a set; checks the copied bytes against the file. */
    private SortedSet<Long> drain(PageCapture capture, boolean findZeroes) throws IOException {
        SortedSet<Long> pages = new TreeSet<>();
        try (Fd fd = Fd.open(ram, OpenMode.READ);
                NativeMemory memory = NativeMemory.map(fd, 0, fd.size(), false)) {
            PageCapture.Copied copied;
            do {
                copied = capture.copy(runs, staging, findZeroes);
                long data = 0;
                for (long i = 0; i < copied.runs(); i++) {
                    long first = PageRuns.firstPage(runs, i);
                    long count = PageRuns.pageCount(runs, i);
                    for (long page = first; page < first + count; page++) {
                        assertThat(pages.add(page)).as("page %s twice", page).isTrue();
                        if (PageRuns.isZeroRun(runs, i)) {
                            assertThat(memory.isZero(page * PAGE, PAGE)).isTrue();
                        } else {
                            assertThat(NativeMemory.equal(staging, data++ * PAGE, memory, page * PAGE, PAGE))
                                    .isTrue();
                        }
                    }
                }
                assertThat(data).isEqualTo(copied.dataPages());
            } while (copied.remainingPages() > 0);
        }
        return pages;
    }

    @Test
    void trackedFromTheStartTheFirstScanFindsWhatTheProcessHasWritten() throws IOException {
        makeRam(RAM);
        try (Fd fd = Fd.open(ram, OpenMode.READ_WRITE);
                NativeMemory here = NativeMemory.map(fd, 0, RAM, true)) {
            here.fill(0, RAM / 2, (byte) 7);
            try (Writer writer = new Writer(ram, RAM, Preload.fromStart(environment));
                    PageCapture capture = open(writer, false, RAM)) {
                SortedSet<Long> expected = new TreeSet<>();
                for (long page : new long[] {0, 1, 77, RAM / 2 / PAGE, RAM / PAGE - 1}) {
                    writer.write(page, 3);
                    expected.add(page);
                }
                here.putByte(500 * PAGE, (byte) 1); // not by the process
                marks.mark(600, 1);
                expected.add(600L);
                capture.look();
                assertThat(capture.pending()).isEqualTo(expected.size());
                assertThat(drain(capture, true)).isEqualTo(expected);
                capture.look();
                assertThat(capture.pending()).as("looking takes nothing").isEqualTo(expected.size());
                capture.forget();
                capture.scan();
                assertThat(drain(capture, true)).isEqualTo(expected);
                capture.look();
                assertThat(capture.pending()).as("but scanning does").isZero();
                writer.write(77, 4);
                capture.scan();
                assertThat(drain(capture, true)).containsExactly(77L);
            }
        }
    }

    @Test
    void withoutThatAllPagesCountAsWritten() throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, false, RAM)) {
            capture.look();
            assertThat(capture.pending()).isEqualTo(RAM / PAGE);
        }
    }

    @Test
    void pendingPagesTravelAsABitmap() throws IOException {
        long bytes = 100 * PAGE;
        makeRam(bytes);
        try (PageCapture from = PageCapture.compare(ram, bytes);
                PageCapture to = PageCapture.compare(ram, bytes);
                NativeMemory all = NativeMemory.allocate(16)) {
            from.mark(3, 1);
            from.mark(63, 2);
            to.mark(99, 1);
            to.mark(from.pendingBits());
            assertThat(drain(to, true)).containsExactly(3L, 63L, 64L, 99L);
            all.fill(0, 16, (byte) -1);
            to.mark(all);
            assertThat(to.pending()).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsExactlyThePagesThatWereWritten(boolean comparing) throws IOException {
        makeRam(RAM);
        Random random = new Random(5);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, comparing, RAM)) {
            writer.write(0, 1);
            writer.write(9000, 1);
            assertThat(capture.begin()).isGreaterThanOrEqualTo(2);
            assertThat(drain(capture, true)).contains(0L, 9000L);
            for (int round = 1; round < 30; round++) {
                SortedSet<Long> written = new TreeSet<>();
                for (int i = 0; i < random.nextInt(60); i++) {
                    long first = random.nextInt((int) (RAM / PAGE) - 4);
                    for (long page = first; page <= first + random.nextInt(4); page++) {
                        writer.write(page, 1 + round);
                        written.add(page);
                    }
                }
                capture.scan();
                assertThat(capture.pending()).isEqualTo(written.size());
                assertThat(drain(capture, false)).isEqualTo(written);
            }
            capture.scan();
            assertThat(capture.pending()).isZero();
        }
    }

    @Test
    void whatNobodyHasTouchedIsFoundWhenSomebodyDoes() throws IOException {
        makeRam(RAM);
        long chunk = (16 << 20) / PAGE;
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, false, RAM)) {
            writer.write(1, 1);
            assertThat(capture.begin()).isEqualTo(1);
            assertThat(drain(capture, true)).containsExactly(1L);
            writer.write(chunk + 5, 2);
            writer.write(3 * chunk - 1, 2);
            capture.look();
            assertThat(capture.pending()).isEqualTo(2);
            capture.forget();
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(chunk + 5, 3 * chunk - 1);
            capture.scan();
            assertThat(capture.pending()).isZero();
            writer.write(chunk + 6, 3);
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(chunk + 6);
        }
    }

    @Test
    void whatWasCopiedOfAHoleIsLookedAtFromThenOn() throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, false, RAM)) {
            writer.write(1, 1);
            capture.begin();
            capture.mark(9000, 1);
            writer.write(9000, 7); // after the scan that found nothing there
            assertThat(drain(capture, true)).containsExactly(1L, 9000L);
            writer.write(9000, 8);
            writer.write(9001, 8);
            capture.scan();
            assertThat(drain(capture, true)).contains(9000L, 9001L);
            writer.write(9001, 9);
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(9001L);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void marksOfOurOwnWritesAreTakenToo(boolean comparing) throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, comparing, RAM);
                Fd fd = Fd.open(ram, OpenMode.READ_WRITE);
                NativeMemory own = NativeMemory.map(fd, 0, RAM, true)) {
            capture.scan();
            capture.forget();
            marks.mark(77, 2);
            own.putLong(77 * PAGE, 1);
            own.putLong(78 * PAGE + 100, 1);
            capture.scan();
            assertThat(marks.count()).isZero();
            assertThat(drain(capture, true)).containsExactly(77L, 78L);
            capture.scan();
            assertThat(capture.pending()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLargeGuestWhoseMappingIsSplit(boolean comparing) throws IOException {
        long bytes = 3L << 30;
        makeRam(bytes);
        long last = bytes / PAGE - 1;
        try (Writer writer = new Writer(ram, bytes, environment)) {
            writer.splitMapping();
            try (PageCapture capture = open(writer, comparing, bytes)) {
                capture.begin();
                drain(capture, true);
                for (long page : new long[] {last - 1, bytes / PAGE / 2, bytes / PAGE / 2 + 1}) {
                    writer.write(page, 7);
                }
                capture.scan();
                assertThat(drain(capture, false)).containsExactly(bytes / PAGE / 2, bytes / PAGE / 2 + 1, last - 1);
            }
        }
        assertThat(Files.getAttribute(ram, "unix:nlink")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatDoesNotFitStaysPending(boolean comparing) throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, comparing, RAM)) {
            capture.scan();
            capture.forget();
            writer.write(3, 3);
            writer.write(4, 3);
            writer.write(6, 3);
            capture.scan();
            capture.forget();
            capture.mark(3, 4);
            PageCapture.Copied one = capture.copy(runs, 0, 10, staging, 0, 1, true);
            assertThat(one).isEqualTo(new PageCapture.Copied(1, 1, 0, 3));
            // The next page of data does not fit; a zero page needs no room, but comes after it.
            assertThat(capture.copy(runs, 0, 10, staging, 0, 0, true)).isEqualTo(new PageCapture.Copied(0, 0, 0, 3));
            assertThat(capture.copy(runs, 0, 2, staging, 0, 10, true)).isEqualTo(new PageCapture.Copied(2, 1, 1, 1));
            assertThat(PageRuns.isZeroRun(runs, 1)).isTrue();
            assertThat(PageRuns.firstPage(runs, 1)).isEqualTo(5);
            assertThat(capture.copy(runs, 0, 2, staging, 0, 10, true)).isEqualTo(new PageCapture.Copied(1, 1, 0, 0));
            assertThat(PageRuns.firstPage(runs, 0)).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyPopulatedPagesAreReadForAFullSync(boolean comparing) throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, comparing, RAM)) {
            writer.write(10, 0);
            writer.write(11, 5);
            writer.write(200, 5);
            // Pages of the tmpfs, or more where it uses huge ones.
            assertThat(capture.begin()).isGreaterThanOrEqualTo(3).isLessThan(RAM / PAGE / 2);
            assertThat(drain(capture, true)).contains(10L, 11L, 200L);
            writer.write(201, 5);
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(201L);
            capture.markAll();
            assertThat(capture.pending()).isEqualTo(RAM / PAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTrimmedMappingHasNoPagesAndFindsAllTheSame(boolean comparing) throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, comparing, RAM)) {
            capture.begin();
            capture.markAll();
            drain(capture, false);
            assertThat(residentKibibytes()).isEqualTo(RAM >> 10);
            capture.scan();
            capture.forget();
            writer.write(700, 5);
            capture.trim();
            assertThat(residentKibibytes()).isZero();
            capture.scan();
            assertThat(drain(capture, false)).containsExactly(700L);
        }
    }

    /** How much of this process's mappings of the RAM file has page tables. */
    private long residentKibibytes() throws IOException {
        long sum = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.endsWith(ram.toString());
            } else if (ours && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return sum;
    }

    @Test
    void comparingNoticesAPageThatWasDropped() throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, true, RAM)) {
            writer.write(500, 5);
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(500L);
            writer.cutHole(500, 1);
            capture.scan();
            assertThat(drain(capture, true)).containsExactly(500L);
            capture.scan();
            assertThat(capture.pending()).isZero();
        }
    }

    @Test
    void aProcessThatIsGoneIsNotAnIdleGuest() throws IOException {
        makeRam(RAM);
        Writer writer = new Writer(ram, RAM, environment);
        try (PageCapture capture = open(writer, false, RAM)) {
            capture.scan();
            writer.close();
            LinuxException e = catchThrowableOfType(LinuxException.class, capture::scan);
            assertThat(e.errno()).isEqualTo(LinuxException.ESRCH);
        } finally {
            writer.close();
        }
    }

    @Test
    void aProcessWithoutTheLibraryIsRefusedWithTheReason() throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, Map.of())) {
            assumeTrue(PageCapture.isSupported(writer.pid()), "needs PAGEMAP_SCAN (Linux 6.7) and the right to trace");
            assertThatThrownBy(() -> PageCapture.open(writer.pid(), ram, RAM, marks))
                    .hasMessageContaining("without the preload library");
            assertThat(PageCapture.isTracked(writer.pid(), ram)).isFalse();
            assertThat(Preload.status(status)).isEmpty();
            assertThatThrownBy(() -> PageCapture.open(ProcessHandle.current().pid(), ram, RAM, marks))
                    .hasMessageContaining("does not map");
        }
        assertThat(PageCapture.isSupported(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void childrenDoNotInheritTheLibrary() throws IOException {
        makeRam(RAM);
        try (Writer writer = new Writer(ram, RAM, environment)) {
            assertThat(writer.environmentOfChild()).isEqualTo("child::");
            assertThat(PageCapture.isTracked(writer.pid(), ram)).isEqualTo(PageCapture.isSupported(writer.pid()));
        }
    }

    @Test
    void aStandbyThatAppliesTheRunsHasTheSameMemory() throws IOException {
        makeRam(RAM);
        Path copy = ramDirectory.resolve("standby.ram");
        Random random = new Random(6);
        try (Writer writer = new Writer(ram, RAM, environment);
                PageCapture capture = open(writer, false, RAM);
                Fd fd = Fd.open(copy, OpenMode.CREATE_NEW)) {
            fd.truncate(RAM);
            try (NativeMemory image = NativeMemory.map(fd, 0, RAM, true)) {
                image.fill(0, RAM, (byte) 0x55);
                capture.markAll();
                for (int round = 0; round < 10; round++) {
                    for (int i = 0; i < 200; i++) {
                        writer.write(random.nextInt((int) (RAM / PAGE)), random.nextInt(3));
                    }
                    capture.scan();
                    PageCapture.Copied copied;
                    do {
                        copied = capture.copy(runs, staging, true);
                        long used = PageRuns.apply(runs, 0, copied.runs(), staging, 0, image, Optional.of(fd));
                        assertThat(used).isEqualTo(copied.dataPages());
                    } while (copied.remainingPages() > 0);
                    assertThat(Files.mismatch(ram, copy)).isEqualTo(-1);
                }
            }
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    @Test
    void wrongRunsAreRefusedBeforeAnythingIsWritten() throws IOException {
        try (NativeMemory image = NativeMemory.allocate(4L * PAGE)) {
            int[][] wrong = {{0, 0}, {4, 1}, {0, 5}, {-1, 1}, {3, 0x7fffffff}, {0, PageRuns.ZERO_FLAG}, {1, -1}};
            for (int[] run : wrong) {
                runs.putInt(0, 0);
                runs.putInt(4, 1);
                runs.putInt(8, run[0]);
                runs.putInt(12, run[1]);
                staging.fill(0, 2L * PAGE, (byte) 1);
                assertThatThrownBy(() -> PageRuns.apply(runs, 0, 2, staging, 0, image, Optional.empty()))
                        .hasMessageContaining("outside the guest's memory");
                assertThat(image.isZero(0, image.size())).isTrue();
            }
            runs.putInt(8, 0);
            runs.putInt(12, 4);
            try (NativeMemory shortData = NativeMemory.allocate(PAGE)) {
                assertThatThrownBy(() -> PageRuns.apply(runs, 8, 1, shortData, 0, image, Optional.empty()))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThatThrownBy(() -> PageRuns.dataPages(runs, 0, 1001, image.size()))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
