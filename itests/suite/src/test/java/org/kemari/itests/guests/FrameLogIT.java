package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/**
 * What a client of one TCP connection notices when the host that its server runs on is killed: with what the guest received
 * logged to the standby, and without. The times are shown, not judged: {@code
 * -Dkemari.kills=20 -Dkemari.rounds=5} gives figures.
 */
class FrameLogIT extends GuestCase {
    private static final int KILLS = Integer.getInteger("kemari.kills", 2);
    private static final String NIC = "lan";

    @ParameterizedTest(name = "logged {0}")
    @ValueSource(booleans = {true, false})
    void a_client_is_answered_across_a_kill(boolean logged) throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("frames").yaml("  frameLog: " + logged + "\n  packetLog: " + logged + "\n");

        startGuest(domain, primary).close();
        try (Asking asking = new Asking()) {
            for (int kill = 0; kill < KILLS; kill++) {
                protect(domain, primary);
                asking.awaitMore(20);
                EventTapMXBean nic = primary.console().tap(domain.name(), NIC);
                assertThat(nic.getLoggedFrames() > 0).as("frames are logged").isEqualTo(logged);
                assertThat(nic.getCopiedPackets() > 0).as("packets are copied").isEqualTo(logged);
                Thread.sleep(guests.random().nextInt(500));
                asking.forgetLongest();
                KemariHost survivor = guests.other(primary);
                primary.killEverything();
                survivor.console().awaitState(domain.name(), PATIENCE, "SOLO");
                asking.awaitMore(20);
                tell(kill, logged, asking, survivor, domain);
                EventTapMXBean now = survivor.console().tap(domain.name(), NIC);
                if (!logged) {
                    assertThat(now.getReplayedFrames()).isZero();
                    assertThat(now.getResentPackets()).isZero();
                }
                if (kill + 1 < KILLS) {
                    guests.revive(primary);
                }
                primary = survivor;
            }
        }
        GuestControl.await(GUEST, PATIENCE).close();
        stop(domain, primary);
    }

    /** The setting is followed while the guest is protected, and a client is answered across a switchover, too. */
    @Test
    void logging_begins_in_a_session_and_goes_over_with_a_switchover() throws Exception {
        KemariHost primary = guests.east();
        KemariHost survivor = guests.west();
        DomainSpec domain = domain("frames").yaml("  frameLog: false\n");
        startGuest(domain, primary).close();
        try (Asking asking = new Asking()) {
            protect(domain, primary);
            asking.awaitMore(20);
            EventTapMXBean nic = primary.console().tap(domain.name(), NIC);
            assertThat(nic.getLoggedFrames()).isZero();
            long session = primary.console().domain(domain.name()).getSession();
            primary.files().putDomain(domain.name(), domain.yaml(primary).replace("frameLog: false", "frameLog: true"));
            Await.until("frames are logged", PATIENCE, () -> nic.getLoggedFrames() > 0);
            assertThat(primary.console().domain(domain.name()).getSession()).isEqualTo(session);
            asking.forgetLongest();
            primary.console().domain(domain.name()).switchover();
            survivor.console().awaitState(domain.name(), PATIENCE, "SOLO", "SYNCING", "JOINING", "PROTECTED");
            asking.awaitMore(20);
            tell(0, true, asking, survivor, domain);
            assertThat(survivor.console().tap(domain.name(), NIC).getResentPackets())
                    .as("the old owner has let all of them out")
                    .isZero();
        }
        stop(domain, survivor);
    }

    /** What the logs cost a client that waits for each answer, and one that sends a stream: turn about, in one session. */
    @Test
    @EnabledIfSystemProperty(named = "kemari.rounds", matches = "\\d+", disabledReason = "a measurement")
    void what_logging_costs() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("frames").yaml("  frameLog: true\n  packetLog: true\n");
        startGuest(domain, primary).close();
        protect(domain, primary);
        String yaml = domain.yaml(primary);
        EventTapMXBean nic = primary.console().tap(domain.name(), NIC);
        for (int round = 0; round < 2 * Integer.getInteger("kemari.rounds"); round++) {
            boolean logged = round % 2 == 0;
            primary.files().putDomain(domain.name(), logged ? yaml : yaml.replace("Log: true", "Log: false"));
            double answers;
            try (Asking asking = new Asking()) {
                Thread.sleep(3000);
                long before = asking.answers;
                long loggedBefore = nic.getLoggedFrames();
                Thread.sleep(5000);
                answers = (asking.answers - before) / 5.0;
                assertThat(nic.getLoggedFrames() > loggedBefore).isEqualTo(logged);
            }
            System.out.printf(
                    "kemari: round %d, frames %s: %.1f answers/s, %.2f MB/s to the guest, %.2f MB/s from it%n",
                    round / 2,
                    logged ? "logged" : "not logged",
                    answers,
                    bulk("receive", 8 << 20) / 1e6,
                    bulk("send", 8 << 20) / 1e6);
        }
        stop(domain, primary);
    }

    /** Bytes per second over one connection. */
    private static double bulk(String what, int bytes) throws IOException {
        try (Socket socket = new Socket(GUEST, GuestPorts.BULK)) {
            long begun = System.nanoTime();
            socket.getOutputStream().write((what + " " + bytes + "\n").getBytes(StandardCharsets.US_ASCII));
            if (what.equals("receive")) {
                socket.getOutputStream().write(new byte[bytes]);
                assertThat(socket.getInputStream().readNBytes(3)).startsWith('o');
            } else {
                assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
            }
            return bytes / ((System.nanoTime() - begun) / 1e9);
        }
    }

    private static void tell(int number, boolean logged, Asking asking, KemariHost survivor, DomainSpec domain) {
        EventTapMXBean nic = survivor.console().tap(domain.name(), NIC);
        TakeoverView takeover = survivor.console().domain(domain.name()).getLastTakeover();
        double running = takeover.getDetectedEpochMillis() + takeover.getResumedMicros() / 1e3;
        System.out.printf(
                "kemari: takeover %d, frames %s: longest answer %.1f ms, %.1f ms after the guest ran, which was %.1f ms after"
                        + " detection; %d frames replayed, %d packets sent again%n",
                number,
                logged ? "logged" : "not logged",
                asking.longestNanos / 1e6,
                asking.longestEpochMillis - running,
                takeover.getResumedMicros() / 1e3,
                nic.getReplayedFrames(),
                nic.getResentPackets());
    }

    /** Asks one thing after another over one connection, as fast as it is answered. */
    private static final class Asking implements AutoCloseable {
        private final Socket socket = new Socket(GUEST, GuestPorts.ECHO);
        private final Thread thread = new Thread(this::ask, "kemari-asking");
        private volatile long answers;
        private volatile long longestNanos;
        private volatile long longestEpochMillis;
        private volatile String failure = "";
        private volatile boolean over;

        Asking() throws IOException {
            socket.setTcpNoDelay(true);
            thread.setDaemon(true);
            thread.start();
        }

        private void ask() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                for (long number = 1; !over; number++) {
                    long asked = System.nanoTime();
                    socket.getOutputStream().write((number + "\n").getBytes(StandardCharsets.US_ASCII));
                    String answer = in.readLine();
                    if (!Long.toString(number).equals(answer)) {
                        throw new IOException(number + " was answered by " + answer);
                    }
                    long nanos = System.nanoTime() - asked;
                    if (nanos > longestNanos) {
                        longestNanos = nanos;
                        longestEpochMillis = System.currentTimeMillis();
                    }
                    answers = number;
                }
            } catch (IOException e) {
                failure = over ? "" : e.toString();
            }
        }

        void forgetLongest() {
            longestNanos = 0;
        }

        void awaitMore(int more) throws TimeoutException {
            long wanted = answers + more;
            Await.until("the client has " + more + " more answers", Duration.ofSeconds(90), () -> {
                if (!failure.isEmpty()) {
                    throw new Await.AbortWaiting("the client's connection broke: " + failure);
                }
                return answers >= wanted;
            });
        }

        @Override
        public void close() throws IOException {
            over = true;
            socket.close();
        }
    }
}
