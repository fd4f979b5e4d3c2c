package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** What is said when the network or the server fails at the wrong moment, and what comes of it. */
class OutcomeTest {
    private static final OwnershipRecord FIRST = OwnershipRecord.first("web", "east");
    private static final OwnershipRecord JOINED = FIRST.joined("west", 5);

    private final Fixture fixture = new Fixture();
    private int port;
    private EmbeddedServer server;
    private TcpProxy proxy;
    private ZooKeeperArbiter east;
    private ZooKeeperArbiter west;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        port = Fixture.freePort();
        server = fixture.server(directory, port);
        proxy = fixture.proxy(port);
        // east speaks through the proxy, west does not
        east = fixture.connectedArbiter(proxy.port(), Fixture.SHORT);
        west = fixture.connectedArbiter(port);
        assertThat(west.compareAndSet(Optional.empty(), JOINED)).isEqualTo(new CasOutcome.Won(JOINED));
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    private static void assertUnknown(CasOutcome outcome) {
        assertThat(outcome).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(((CasOutcome.Unknown) outcome).reason()).isNotBlank();
    }

    @Test
    void a_change_whose_answer_is_lost_is_unknown_and_has_landed() throws Exception {
        OwnershipRecord alone = JOINED.solo("east");
        proxy.holdWrites();
        Thread caller = releaseWhenHeld();
        assertUnknown(east.compareAndSet(Optional.of(JOINED), alone));
        caller.join();
        Awaitility.await().atMost(Fixture.PATIENCE).until(() -> west.read("web").equals(Optional.of(alone)));
        proxy.release();
        assertThat(west.compareAndSet(Optional.of(JOINED), JOINED.solo("west")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(alone)));
        assertThat(Fixture.insist(east, Optional.of(JOINED), alone)).isEqualTo(new CasOutcome.Lost(Optional.of(alone)));
    }

    /** Lets a held write through to the server, and keeps its answer. */
    private Thread releaseWhenHeld() {
        Thread thread = new Thread(() -> {
            Awaitility.await().atMost(Fixture.PATIENCE).until(() -> proxy.writesHeld() > 0);
            proxy.releaseWritesAndHoldAnswers();
        });
        thread.start();
        return thread;
    }

    @Test
    void a_change_that_lands_late_is_beaten_by_one_that_was_won_meanwhile() throws Exception {
        proxy.holdWrites();
        assertUnknown(east.compareAndSet(Optional.of(JOINED), JOINED.solo("east")));
        assertThat(proxy.writesHeld()).isPositive();
        OwnershipRecord taken = JOINED.solo("west");
        assertThat(west.compareAndSet(Optional.of(JOINED), taken)).isEqualTo(new CasOutcome.Won(taken));
        proxy.release();
        Fixture.awaitReachable(east, true);
        assertThat(Fixture.insist(east, Optional.of(JOINED), JOINED.solo("east")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(taken)));
        assertThat(west.read("web")).contains(taken);
    }

    @Test
    void a_change_may_land_late_and_then_beats_the_others() throws Exception {
        proxy.holdWrites();
        OwnershipRecord alone = JOINED.solo("east");
        assertUnknown(east.compareAndSet(Optional.of(JOINED), alone));
        assertThat(west.read("web")).contains(JOINED);
        // the client has gone away by now; what it has sent is still on its way
        proxy.release();
        Awaitility.await().atMost(Fixture.PATIENCE).until(() -> west.read("web").equals(Optional.of(alone)));
        assertThat(west.compareAndSet(Optional.of(JOINED), JOINED.solo("west")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(alone)));
    }

    @Test
    void a_first_record_that_lands_late_is_beaten_too() throws Exception {
        proxy.holdWrites();
        assertUnknown(east.compareAndSet(Optional.empty(), OwnershipRecord.first("db", "east")));
        OwnershipRecord first = OwnershipRecord.first("db", "west");
        assertThat(west.compareAndSet(Optional.empty(), first)).isEqualTo(new CasOutcome.Won(first));
        proxy.release();
        assertThat(Fixture.insist(east, Optional.empty(), OwnershipRecord.first("db", "east")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(first)));
    }

    @Test
    void a_server_that_stops_in_the_middle_leaves_an_unknown_that_the_next_change_resolves() throws Exception {
        proxy.holdWrites();
        Thread stopper = new Thread(() -> {
            Awaitility.await().atMost(Fixture.PATIENCE).until(() -> proxy.writesHeld() > 0);
            server.close();
        });
        stopper.start();
        assertUnknown(east.compareAndSet(Optional.of(JOINED), JOINED.solo("east")));
        stopper.join();
        proxy.release();
        Fixture.awaitReachable(west, false);
        assertThat(west.state().reason()).isNotBlank();
        assertThatThrownBy(() -> east.read("web")).isInstanceOf(ArbiterException.class);
        fixture.server(directory, port);
        Fixture.awaitReachable(west, true);
        assertThat(west.read("web")).contains(JOINED);
        OwnershipRecord taken = JOINED.solo("west");
        assertThat(Fixture.insist(west, Optional.of(JOINED), taken)).isEqualTo(new CasOutcome.Won(taken));
        assertThat(Fixture.insist(east, Optional.of(JOINED), JOINED.solo("east")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(taken)));
    }

    @Test
    void a_session_that_has_expired_is_replaced() throws Exception {
        long before = east.state().sinceEpochMillis();
        proxy.silence();
        Fixture.awaitReachable(east, false);
        assertUnknown(east.compareAndSet(Optional.of(JOINED), JOINED.solo("east")));
        // longer than any session that the server grants
        Awaitility.await()
                .pollDelay(Duration.ofSeconds(2))
                .atMost(Fixture.PATIENCE)
                .until(() -> !east.state().reachable());
        proxy.release();
        Fixture.awaitReachable(east, true);
        assertThat(east.state().sinceEpochMillis()).isGreaterThan(before);
        OwnershipRecord alone = JOINED.solo("east");
        assertThat(Fixture.insist(east, Optional.of(JOINED), alone)).isEqualTo(new CasOutcome.Won(alone));
    }

    @Test
    void nothing_asked_for_while_there_is_no_server_is_done_later() throws Exception {
        server.close();
        Fixture.awaitReachable(east, false);
        assertUnknown(east.compareAndSet(Optional.of(JOINED), JOINED.solo("east")));
        fixture.server(directory, port);
        Fixture.awaitReachable(east, true);
        Fixture.awaitReachable(west, true);
        assertThat(west.read("web")).contains(JOINED);
        assertThat(west.read("web")).contains(JOINED);
    }

    @Test
    void a_dead_server_among_others_does_not_matter() throws Exception {
        int dead = Fixture.freePort();
        ZooKeeperArbiter arbiter = fixture.arbiter("127.0.0.1:" + dead + ",127.0.0.1:" + port + ",127.0.0.1:" + dead);
        Fixture.awaitReachable(arbiter, true);
        assertThat(arbiter.read("web")).contains(JOINED);
    }

    @Test
    void a_read_moves_to_another_server_when_one_falls_silent() throws Exception {
        TcpProxy other = fixture.proxy(port);
        ZooKeeperArbiter arbiter =
                fixture.arbiter("127.0.0.1:" + proxy.port() + ",127.0.0.1:" + other.port(), Fixture.SHORT);
        Fixture.awaitReachable(arbiter, true);
        boolean first = arbiter.state().reason().endsWith(":" + proxy.port());
        (first ? proxy : other).silence();
        Awaitility.await().atMost(Fixture.PATIENCE).ignoreExceptions().until(() -> arbiter.read("web")
                .equals(Optional.of(JOINED)));
        assertThat(arbiter.state().reason()).endsWith(":" + (first ? other : proxy).port());
    }
}
