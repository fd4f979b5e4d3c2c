package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.config.HostAddress;
import org.kemari.api.link.Link;

@Timeout(60)
class PathsTest {
    private static final HostAddress NOWHERE = new HostAddress("127.0.0.1", 1);
    private Fixture west;

    @BeforeEach
    void open() {
        west = new Fixture(Duration.ofSeconds(5), 8);
        west.acceptors.put("echo", link -> {});
    }

    @AfterEach
    void close() {
        west.close();
    }

    private static LinkConnector east(HostAddress... paths) {
        return new LinkConnector(
                () -> Fixture.settings("east", NOWHERE, Map.of("west", List.of(paths))), ClearText::new);
    }

    @Test
    void aDeadFirstPathGivesWayToTheSecond() throws Exception {
        try (Link link = east(NOWHERE, west.address).connect("west", "echo", Duration.ofSeconds(5))) {
            assertThat(link.remoteAddress()).isEqualTo(west.address.toString());
        }
    }

    @Test
    void aPathWhereNobodyAnswersLeavesTimeForTheOthers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HostAddress mute = new HostAddress("127.0.0.1", silent.getLocalPort());
            try (Link link = east(mute, west.address).connect("west", "echo", Duration.ofSeconds(1))) {
                assertThat(link.remoteAddress()).isEqualTo(west.address.toString());
            }
        }
    }

    @Test
    void thePathThatWorkedIsTriedFirst() throws Exception {
        try (ServerSocket counting = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HostAddress mute = new HostAddress("127.0.0.1", counting.getLocalPort());
            LinkConnector connector = east(mute, west.address);
            connector.connect("west", "echo", Duration.ofSeconds(1)).close();
            counting.accept().close();
            connector.connect("west", "echo", Duration.ofSeconds(1)).close();
            counting.setSoTimeout(1);
            assertThatThrownBy(counting::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void onePathMeansThatPath() throws Exception {
        LinkConnector connector = east(NOWHERE, west.address);
        connector.connect("west", 1, "echo", Duration.ofSeconds(5)).close();
        assertThatThrownBy(() -> connector.connect("west", 0, "echo", Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:1: Connection refused");
        assertThatThrownBy(() -> connector.connect("west", 2, "echo", Duration.ofSeconds(5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no path 2");
    }

    @Test
    void saysWhatIsWrongWithEachPath() {
        assertThatThrownBy(() -> east(NOWHERE, west.address).connect("west", "nothing", Duration.ofSeconds(5)))
                .hasMessageContaining("127.0.0.1:1: Connection refused")
                .hasMessageContaining(west.address + ": refused: host west has nothing that serves");
    }

    @Test
    void complainsOncePerCauseAndWithinBounds() {
        long[] now = {0};
        Complaints complaints = new Complaints(() -> now[0]);
        assertThat(complaints.isNews("west", "down")).isTrue();
        assertThat(complaints.isNews("west", "down")).isFalse();
        assertThat(complaints.isNews("west", "wrong")).isTrue();
        complaints.settled("west");
        assertThat(complaints.isNews("west", "wrong")).isTrue();
        int said = 0;
        for (int i = 0; i < 1000; i++) {
            said += complaints.isNews("stranger", "cause " + i) ? 1 : 0;
        }
        assertThat(said).isLessThan(30);
        now[0] += Duration.ofMinutes(2).toNanos();
        assertThat(complaints.isNews("stranger", "cause 1")).isTrue();
    }
}
