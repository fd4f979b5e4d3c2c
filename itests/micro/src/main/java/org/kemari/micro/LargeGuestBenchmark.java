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

/** The scan of a large memory of which a part was ever touched, and of that 100 pages since the last scan. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class LargeGuestBenchmark {
    private static final int DIRTY = 100;

    @Param({"2", "16"})
    public long gibibytes;

    @Param({"512", "2048"})
    public long touchedMebibytes;

    private Path directory;
    private WriterProcess writer;
    private PageCapture capture;
    private DirtyBitmap marks;
    private NativeMemory ram;
    private NativeMemory staging;
    private Fd pagemap;
    private PlainCapture plain;

    @Setup(Level.Trial)
    public void startWriter() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-micro");
        Path file = directory.resolve("guest.ram");
        long bytes = gibibytes << 30;
        writer = WriterProcess.start(directory, file, bytes);
        writer.write(0, touched(), 1);
        marks = DirtyBitmap.anonymous(bytes / PageCapture.PAGE_BYTES);
        capture = PageCapture.open(writer.pid(), file, bytes, marks);
        staging = NativeMemory.allocate(PageCapture.PAGE_BYTES);
        try (Fd fd = Fd.open(file, OpenMode.READ)) {
            ram = NativeMemory.map(fd, 0, bytes, false);
        }
        pagemap = Fd.open(Path.of("/proc/" + writer.pid() + "/pagemap"), OpenMode.READ);
        plain = new PlainCapture(pagemap, writer.pid(), file, ram, staging);
        capture.begin();
        capture.forget();
    }

    private long touched() {
        return (touchedMebibytes << 20) / PageCapture.PAGE_BYTES;
    }

    @Setup(Level.Invocation)
    public void dirty() throws IOException {
        capture.forget();
        writer.write(0, DIRTY, touched() / DIRTY);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        capture.close();
        marks.close();
        pagemap.close();
        ram.close();
        staging.close();
        writer.close();
        WriterProcess.remove(directory);
    }

    /** What has ever been touched. */
    @Benchmark
    public void kemari() throws IOException {
        capture.scan();
    }

    /** All of the memory. */
    @Benchmark
    public long plainScan() {
        return plain.scan();
    }
}
