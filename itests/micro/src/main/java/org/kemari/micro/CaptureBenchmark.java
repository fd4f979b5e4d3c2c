package org.kemari.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.OpenMode;
import org.kemari.linux.PageCapture;
import org.kemari.linux.PageRuns;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding and copying what a process has written since the last time, in memory all of which it has touched: by
 * {@link PageCapture}, as in the pause of a checkpoint, and by the plainest C, on the same pages. One operation is one
 * checkpoint's; what dirties the pages before each is not measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class CaptureBenchmark {
    /** How the dirty pages lie. */
    public enum Layout {
        /** In one piece. */
        TOGETHER,
        /** Each by itself, over all of the memory. */
        SCATTERED
    }

    @Param("512")
    public long mebibytes;

    @Param({"100", "1000", "10000"})
    public int dirtyPages;

    @Param
    public Layout layout;

    private Path directory;
    private WriterProcess writer;
    private PageCapture capture;
    private DirtyBitmap marks;
    private NativeMemory runs;
    private NativeMemory staging;
    private NativeMemory ram;
    private Fd pagemap;
    private PlainCapture plain;
    private long found;

    @Setup(Level.Trial)
    public void startWriter() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-micro");
        Path file = directory.resolve("guest.ram");
        long bytes = mebibytes << 20;
        writer = WriterProcess.start(directory, file, bytes);
        writer.write(0, pages(), 1);
        marks = DirtyBitmap.anonymous(pages());
        capture = PageCapture.open(writer.pid(), file, bytes, marks);
        runs = NativeMemory.allocate(100_000L * PageRuns.ENTRY_BYTES);
        staging = NativeMemory.allocate(20_000L * PageCapture.PAGE_BYTES);
        staging.fill(0, staging.size(), (byte) 1);
        try (Fd fd = Fd.open(file, OpenMode.READ)) {
            ram = NativeMemory.map(fd, 0, bytes, false);
        }
        pagemap = Fd.open(Path.of("/proc/" + writer.pid() + "/pagemap"), OpenMode.READ);
        plain = new PlainCapture(pagemap, writer.pid(), file, ram, staging);
        capture.scan();
        capture.forget();
    }

    private long pages() {
        return (mebibytes << 20) / PageCapture.PAGE_BYTES;
    }

    @Setup(Level.Invocation)
    public void dirty() throws IOException {
        writer.write(0, dirtyPages, layout == Layout.TOGETHER ? 1 : pages() / dirtyPages);
    }

    @TearDown(Level.Invocation)
    public void check() {
        if (found != dirtyPages) {
            throw new IllegalStateException(found + " pages were found, " + dirtyPages + " were written");
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        capture.close();
        marks.close();
        pagemap.close();
        ram.close();
        runs.close();
        staging.close();
        writer.close();
        WriterProcess.remove(directory);
    }

    @Benchmark
    public long kemari() throws IOException {
        PageCapture.Copied copied = capture.capture(runs, staging, true);
        found = copied.dataPages();
        return found;
    }

    @Benchmark
    public long plainC() {
        found = plain.capture();
        return found;
    }

    /** Without copying. */
    @Benchmark
    public long plainScanOnly() {
        found = plain.scan();
        return found;
    }
}
