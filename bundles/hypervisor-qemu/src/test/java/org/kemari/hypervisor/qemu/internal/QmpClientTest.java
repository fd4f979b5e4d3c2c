package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.hypervisor.HypervisorException;

class QmpClientTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    private final List<QmpEvent> events = new CopyOnWriteArrayList<>();
    private FakeMonitor monitor;
    private QmpClient client;
    private Thread reader;

    private void connect(boolean greet, FakeMonitor.Answer answer) throws IOException {
        Path socket = directory.resolve("qmp.sock");
        monitor = new FakeMonitor(socket, greet, answer);
        client = new QmpClient("web", QmpSocket.connect(socket));
        reader = new Thread(() -> client.run(events::add));
        reader.start();
    }

    private void connectAgreeing() throws IOException {
        connect(true, FakeMonitor.agreeing(command -> null));
        client.negotiate(SOON);
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        monitor.close();
        reader.join(5000);
        assertThat(reader.isAlive()).as("the reader ends").isFalse();
    }

    @Test
    void negotiatesOnce() throws Exception {
        connectAgreeing();
        client.negotiate(SOON);
        client.execute("cont", Map.of(), SOON);
        assertThat(monitor.received).hasSize(2);
        assertThat(monitor.received.get(0)).contains("qmp_capabilities");
    }

    @Test
    void argumentsAreSentAndResultsReturned() throws Exception {
        connect(
                true,
                FakeMonitor.agreeing(command ->
                        command.equals("query-status") ? "{\"id\": ID, \"return\": {\"status\": \"paused\"}}" : null));
        client.negotiate(SOON);
        JsonNode status = client.execute("query-status", Map.of(), SOON);
        assertThat(status.path("status").asText()).isEqualTo("paused");
        client.execute("xen-save-devices-state", Map.of("filename", "/a \"b\"", "live", true), SOON);
        assertThat(monitor.received.get(2))
                .contains("\"filename\":\"/a \\\"b\\\"\"")
                .contains("\"live\":true");
    }

    @Test
    void aRefusalIsAnExceptionWithItsReason() throws Exception {
        connect(
                true,
                FakeMonitor.agreeing(command -> command.equals("stop")
                        ? "{\"id\": ID, \"error\": {\"class\": \"GenericError\", \"desc\": \"not now\"}}"
                        : null));
        client.negotiate(SOON);
        assertThatThrownBy(() -> client.execute("stop", Map.of(), SOON))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("not now");
        client.execute("cont", Map.of(), SOON);
    }

    @Test
    void silenceAtTheBeginningIsExplained() throws Exception {
        connect(false, FakeMonitor.agreeing(command -> null));
        assertThatThrownBy(() -> client.negotiate(AT_ONCE))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("backend");
    }

    @Test
    void anUnansweredCommandTimesOutAndItsLateReplyHarmsNobody() throws Exception {
        String[] late = new String[1];
        connect(true, (command, id) -> {
            if (command.equals("stop")) {
                late[0] = "{\"id\": " + id + ", \"return\": {\"late\": true}}\r\n";
                return "";
            }
            return "{\"id\": " + id + ", \"return\": {\"to\": \"" + command + "\"}}";
        });
        client.negotiate(SOON);
        assertThatThrownBy(() -> client.execute("stop", Map.of(), AT_ONCE))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("stop")
                .hasMessageContaining("100 ms");
        assertThatThrownBy(() -> client.submit("stop", Map.of(), AT_ONCE).join())
                .hasRootCauseInstanceOf(HypervisorException.class)
                .hasMessageContaining("100 ms");
        monitor.send(late[0]);
        assertThat(client.execute("cont", Map.of(), SOON).path("to").asText()).isEqualTo("cont");
    }

    @Test
    void eventsComeInOrderWhetherOrNotSomebodyWaitsForAReply() throws Exception {
        connect(
                true,
                FakeMonitor.agreeing(command -> command.equals("stop")
                        ? "{\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": \"a\"}}\r\n"
                                + "{\"event\": \"UNHEARD_OF\"}\r\n{\"id\": ID, \"return\": {}}"
                        : null));
        client.negotiate(SOON);
        client.execute("stop", Map.of(), SOON);
        monitor.send("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, \"reason\": \"b\"}}\r\n");
        await().until(() -> events.size() == 2);
        assertThat(events).extracting(QmpEvent::name).containsExactly("RESET", "SHUTDOWN");
        assertThat(events).extracting(QmpEvent::byGuest).containsExactly(true, false);
        assertThat(events).extracting(QmpEvent::reason).containsExactly("a", "b");
    }

    @Test
    void theEndOfTheConnectionEndsAllWaiting() throws Exception {
        connect(true, FakeMonitor.agreeing(command -> command.equals("stop") ? "" : null));
        client.negotiate(SOON);
        CompletableFuture<JsonNode> unanswered = client.submit("stop", Map.of(), SOON);
        await().until(() -> monitor.received.size() == 2);
        monitor.hangUp();
        assertThatThrownBy(unanswered::join).hasMessageContaining("web").hasMessageContaining("closed its monitor");
        assertThatThrownBy(() -> client.execute("cont", Map.of(), SOON)).hasMessageContaining("cont");
        assertThat(client.isBroken()).isTrue();
    }

    @Test
    void garbageBreaksTheConnectionOnly() throws Exception {
        connectAgreeing();
        monitor.send("!!! this is not JSON\r\n");
        await().until(client::isBroken);
        assertThatThrownBy(() -> client.execute("cont", Map.of(), SOON)).hasMessageContaining("JSON");
    }

    @Test
    void aLineWithoutEndIsRefused() throws Exception {
        connectAgreeing();
        String piece = "x".repeat(1 << 20);
        IntStream.range(0, 5).forEach(i -> {
            try {
                monitor.send(piece);
            } catch (java.io.UncheckedIOException e) {
                assertThat(client.isBroken()).isTrue(); // refused while it was being sent
            }
        });
        await().until(client::isBroken);
        assertThatThrownBy(() -> client.execute("cont", Map.of(), SOON)).hasMessageContaining("a line of more than");
    }

    @Test
    void longRepliesAndRepliesInPiecesArrive() throws Exception {
        String text = "y".repeat(300_000);
        connect(
                true,
                FakeMonitor.agreeing(command -> command.equals("query-commands")
                        ? "{\"id\": ID, \"return\": {\"text\": \"" + text + "\"}}"
                        : null));
        client.negotiate(SOON);
        assertThat(client.execute("query-commands", Map.of(), SOON).path("text").asText())
                .isEqualTo(text);
        monitor.send("{\"event\": \"RE");
        monitor.send("SET\"}\r\n\r\n{\"event\": \"STOP\"}\r\n");
        await().until(() -> events.size() == 2);
    }

    @Test
    void manyThreadsGetTheirOwnReplies() throws Exception {
        connect(true, (command, id) -> "{\"id\": " + id + ", \"return\": {\"to\": \"" + command + "\"}}");
        client.negotiate(SOON);
        List<CompletableFuture<Void>> callers = IntStream.range(0, 8)
                .mapToObj(caller -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 200; i++) {
                        String command = "c" + caller + "-" + i;
                        try {
                            JsonNode reply = i % 2 == 0
                                    ? client.execute(command, Map.of(), SOON)
                                    : client.submit(command, Map.of(), SOON).join();
                            assertThat(reply.path("to").asText()).isEqualTo(command);
                        } catch (HypervisorException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                }))
                .toList();
        callers.forEach(CompletableFuture::join);
    }

    @Test
    void anInterruptedCallerLeavesTheConnectionWhole() throws Exception {
        connectAgreeing();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.execute("stop", Map.of(), SOON)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        client.execute("cont", Map.of(), SOON);
    }
}
