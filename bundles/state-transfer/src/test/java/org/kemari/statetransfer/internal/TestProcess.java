package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.linux.Preload;

/**
 * The test program of the native module: maps a file as a hypervisor does, with the preload library in it, and writes
 * pages on command only, so that it is always paused.
 */
final class TestProcess implements VirtualMachine, AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    TestProcess(Path directory, Path ramFile, long bytes, boolean fromStart) throws IOException {
        Path program = Path.of("..", "..", "native", "target", "writer");
        ProcessBuilder builder = new ProcessBuilder(program.toString(), ramFile.toString(), Long.toString(bytes));
        Map<String, String> environment =
                Preload.environment(Preload.extract(directory), ramFile, directory.resolve("status"));
        builder.environment().putAll(fromStart ? Preload.fromStart(environment) : environment);
        process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader(StandardCharsets.US_ASCII);
        commands = process.outputWriter(StandardCharsets.US_ASCII);
        assertThat(answers.readLine()).isEqualTo("ready");
    }

    /** Fills a page. */
    void write(int page, int value) throws IOException {
        commands.write("w " + page + " " + value + "\n");
        commands.flush();
        assertThat(answers.readLine()).isEqualTo("done");
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void awaitReady(Duration timeout) {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public CompletableFuture<ByteBuffer> saveDeviceState() {
        return CompletableFuture.completedFuture(ByteBuffer.allocate(100));
    }

    @Override
    public void loadDeviceState(ByteBuffer state) {}

    @Override
    public void powerDown() {}

    @Override
    public void destroy() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void retire() {
        destroy();
    }

    @Override
    public void release() {}

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public boolean tracksPages() {
        return true;
    }

    @Override
    public void close() throws IOException {
        destroy();
        answers.close();
    }
}
