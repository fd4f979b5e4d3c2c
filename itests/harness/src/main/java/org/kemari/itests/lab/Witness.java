package org.kemari.itests.lab;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A third machine that keeps the records of the others: the same assembly as theirs, in which a ZooKeeper server is
 * configured and nothing that runs guests. Hosts that shall ask it are told so before they start,
 * {@link #arbitrate}.
 */
public final class Witness implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long STEP_MILLIS = 100;
    private static final int PORT = 2181;
    private static final int ANSWER_MILLIS = 1000;

    private final Lab lab;
    private final KemariHost machine;

    private Witness(Lab lab, String name) {
        this.lab = lab;
        this.machine = KemariHost.createWitness(lab, name, PORT);
    }

    /** Makes a witness without starting it. */
    public static Witness create(Lab lab, String name) {
        return new Witness(lab, name);
    }

    /** Makes these hosts ask this witness; they must not have been started yet. */
    public Witness arbitrate(KemariHost... hosts) {
        String connect = Wire.paths().stream()
                .map(wire -> lab.network().address(machine.name(), wire) + ":" + PORT)
                .collect(Collectors.joining(", "));
        for (KemariHost host : hosts) {
            host.files().set("org.kemari.host.cfg", Map.of("arbiterEngine", "zookeeper"));
            host.files().set("org.kemari.arbiter.zookeeper.cfg", Map.of("connect", connect));
        }
        return this;
    }

    /** Begins to start it. */
    public Witness start() {
        machine.start();
        return this;
    }

    /** Waits until its server serves. */
    public Witness awaitReady() throws TimeoutException {
        Await.until(machine.name() + " serves", PATIENCE, STEP_MILLIS, () -> {
            machine.requireRunning();
            return mode().contains("Mode: standalone");
        });
        machine.booted();
        return this;
    }

    /** What the server says of itself. */
    private String mode() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(machine.address(), PORT), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(new DataInputStream(socket.getInputStream()).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    public String name() {
        return machine.name();
    }

    public boolean isRunning() {
        return machine.isRunning();
    }

    /** Ends it with SIGKILL. */
    public void kill() throws TimeoutException {
        machine.killEverything();
        machine.awaitDead();
    }

    /** Stops it where it is. */
    public void freeze() {
        machine.freeze();
    }

    /** Lets it go on. */
    public void thaw() {
        machine.thaw();
    }

    public void saveLogs(Path into) {
        machine.saveLogs(into);
    }

    @Override
    public void close() {
        machine.close();
    }
}
