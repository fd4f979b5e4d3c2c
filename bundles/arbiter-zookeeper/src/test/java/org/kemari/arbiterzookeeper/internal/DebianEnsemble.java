package org.kemari.arbiterzookeeper.internal;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Three servers of the distribution's ZooKeeper, a process each, on three addresses of the loopback interface. */
final class DebianEnsemble implements AutoCloseable {
    static final int SIZE = 3;

    private final Path directory;
    private final int clientPort;
    private final Process[] processes = new Process[SIZE];
    private final Thread hook = new Thread(this::kill, "ensemble-end");

    DebianEnsemble(Path directory) throws IOException {
        this.directory = directory;
        this.clientPort = Fixture.freePort();
        int peerPort = Fixture.freePort();
        int electionPort = Fixture.freePort();
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=200",
                "initLimit=25",
                "syncLimit=10",
                "admin.enableServer=false",
                "4lw.commands.whitelist=srvr",
                "clientPort=" + clientPort));
        for (int i = 0; i < SIZE; i++) {
            lines.add("server." + (i + 1) + "=" + address(i) + ":" + peerPort + ":" + electionPort);
        }
        for (int i = 0; i < SIZE; i++) {
            Path home = Files.createDirectories(directory.resolve("server" + i));
            Files.writeString(home.resolve("myid"), Integer.toString(i + 1));
            List<String> own = new ArrayList<>(lines);
            own.add("dataDir=" + home);
            own.add("clientPortAddress=" + address(i));
            Files.write(home.resolve("zoo.cfg"), own);
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static String address(int server) {
        return "127.0.0." + (2 + server);
    }

    String connect() {
        return String.join(
                ",",
                List.of(address(0) + ":" + clientPort, address(1) + ":" + clientPort, address(2) + ":" + clientPort));
    }

    void start(int server) throws IOException {
        processes[server] = DebianServer.launch(directory.resolve("server" + server), List.of());
    }

    void startAll() throws IOException {
        for (int i = 0; i < SIZE; i++) {
            start(i);
        }
    }

    /** Ends a server with SIGKILL. */
    void kill(int server) throws InterruptedException {
        processes[server].destroyForcibly();
        processes[server].waitFor(10, TimeUnit.SECONDS);
    }

    boolean running(int server) {
        return processes[server].isAlive();
    }

    /** The server that leads at present. */
    Optional<Integer> leader() {
        for (int i = 0; i < SIZE; i++) {
            if (mode(i).equals("leader")) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Whether all running servers are members of the quorum. */
    boolean whole() {
        for (int i = 0; i < SIZE; i++) {
            if (running(i) && !mode(i).equals("leader") && !mode(i).equals("follower")) {
                return false;
            }
        }
        return leader().isPresent();
    }

    private String mode(int server) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address(server), clientPort), 500);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(new DataInputStream(socket.getInputStream()).readAllBytes(), StandardCharsets.US_ASCII);
            return answer.lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()).strip())
                    .findFirst()
                    .orElse("none");
        } catch (IOException e) {
            return "unreachable";
        }
    }

    /** What the servers have logged last, for a failed test. */
    String logs() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < SIZE; i++) {
            Path log = directory.resolve("server" + i + "/log");
            if (Files.exists(log)) {
                List<String> lines = Files.readAllLines(log);
                text.append("server ").append(i).append(":\n");
                lines.subList(Math.max(0, lines.size() - 15), lines.size())
                        .forEach(line -> text.append("  ").append(line).append('\n'));
            }
        }
        return text.toString();
    }

    private void kill() {
        for (Process process : processes) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
