package org.kemari.arbiterzookeeper.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One server of the distribution's ZooKeeper, a process of its own. */
final class DebianServer implements AutoCloseable {
    private static final Path JAR = Path.of("/usr/share/java/zookeeper.jar");
    // the package forgets it in its class path; it is needed for TLS
    private static final Path CODEC = Path.of("/usr/share/java/netty-codec.jar");

    private final Process process;

    /**
     * Starts a server that is alone.
     *
     * @param configuration lines of its configuration file
     * @param options Java options
     */
    DebianServer(Path home, List<String> configuration, List<String> options) throws IOException {
        List<String> lines = new ArrayList<>(configuration);
        lines.add("dataDir=" + home.resolve("data"));
        lines.add("tickTime=200");
        lines.add("admin.enableServer=false");
        Files.createDirectories(home);
        Files.write(home.resolve("zoo.cfg"), lines);
        this.process = launch(home, options);
    }

    /** Starts a server that has its configuration in {@code zoo.cfg} of a directory, and logs there. */
    static Process launch(Path home, List<String> options) throws IOException {
        if (!Files.isReadable(JAR)) {
            throw new IOException("there is no " + JAR + ": install the package zookeeper, or run ./kemari setup");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dzookeeper.jmx.log4j.disable=true"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                JAR + ":" + CODEC,
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                home.resolve("zoo.cfg").toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
