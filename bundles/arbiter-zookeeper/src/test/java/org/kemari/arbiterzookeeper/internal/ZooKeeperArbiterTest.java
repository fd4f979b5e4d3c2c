package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** The engine and a real server. */
class ZooKeeperArbiterTest {
    private static final OwnershipRecord FIRST = OwnershipRecord.first("web", "east");

    private final Fixture fixture = new Fixture();
    private int port;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        port = Fixture.freePort();
        fixture.server(directory, port);
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    @Test
    void a_domain_begins_without_a_record() throws Exception {
        assertThat(fixture.connectedArbiter(port).read("web")).isEmpty();
    }

    @Test
    void a_record_is_made_once_and_follows_its_owners() throws Exception {
        ZooKeeperArbiter east = fixture.connectedArbiter(port);
        ZooKeeperArbiter west = fixture.connectedArbiter(port);
        assertThat(east.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
        assertThat(west.compareAndSet(Optional.empty(), OwnershipRecord.first("web", "west")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(FIRST)));
        OwnershipRecord joined = FIRST.joined("west", 77);
        assertThat(east.compareAndSet(Optional.of(FIRST), joined)).isEqualTo(new CasOutcome.Won(joined));
        OwnershipRecord taken = joined.solo("west");
        assertThat(west.compareAndSet(Optional.of(joined), taken)).isEqualTo(new CasOutcome.Won(taken));
        assertThat(east.compareAndSet(Optional.of(joined), joined.solo("east")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(taken)));
        assertThat(east.read("web")).contains(taken);
        assertThat(west.read("web")).contains(taken);
    }

    @Test
    void an_expected_record_that_never_was_loses() {
        assertThat(fixture.connectedArbiter(port).compareAndSet(Optional.of(FIRST), FIRST.solo("east")))
                .isEqualTo(new CasOutcome.Lost(Optional.empty()));
    }

    @Test
    void of_many_that_want_the_same_generation_one_wins() throws Exception {
        ZooKeeperArbiter east = fixture.connectedArbiter(port);
        ZooKeeperArbiter west = fixture.connectedArbiter(port);
        east.compareAndSet(Optional.empty(), FIRST);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Optional<OwnershipRecord> now = Optional.of(FIRST);
            for (int round = 0; round < 20; round++) {
                Optional<OwnershipRecord> expected = now;
                List<Future<CasOutcome>> outcomes = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    ZooKeeperArbiter arbiter = i % 2 == 0 ? east : west;
                    OwnershipRecord next = expected.get().solo("host" + i);
                    outcomes.add(threads.submit(() -> arbiter.compareAndSet(expected, next)));
                }
                List<OwnershipRecord> winners = new ArrayList<>();
                for (Future<CasOutcome> outcome : outcomes) {
                    if (outcome.get() instanceof CasOutcome.Won won) {
                        winners.add(won.record());
                    } else {
                        assertThat(outcome.get()).isInstanceOf(CasOutcome.Lost.class);
                    }
                }
                assertThat(winners).hasSize(1);
                now = Optional.of(winners.get(0));
                assertThat(east.read("web")).isEqualTo(now);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_record_is_below_the_configured_root() throws Exception {
        ZooKeeperArbiter arbiter = fixture.connectedArbiter(port, "root", "/site/a/kemari");
        arbiter.compareAndSet(Optional.empty(), FIRST);
        assertThat(arbiter.read("web")).contains(FIRST);
        assertThat(fixture.connectedArbiter(port).read("web")).isEmpty();
    }

    @Test
    void a_damaged_record_is_not_taken_for_another_one() throws Exception {
        ZooKeeperArbiter arbiter = fixture.connectedArbiter(port);
        ZooKeeper other = new ZooKeeper("127.0.0.1:" + port, 5000, event -> {});
        try {
            other.create(
                    "/kemari/web",
                    "kemari-record 1\n".getBytes(StandardCharsets.US_ASCII),
                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                    CreateMode.PERSISTENT);
            assertThatThrownBy(() -> arbiter.read("web"))
                    .isInstanceOf(ArbiterException.class)
                    .hasMessageContaining("/kemari/web");
            assertThat(arbiter.compareAndSet(Optional.empty(), FIRST)).isInstanceOf(CasOutcome.Unknown.class);
        } finally {
            other.close();
        }
    }

    @Test
    void the_root_is_made_again_when_somebody_has_removed_it() throws Exception {
        ZooKeeperArbiter arbiter = fixture.connectedArbiter(port);
        ZooKeeper other = new ZooKeeper("127.0.0.1:" + port, 5000, event -> {});
        try {
            other.delete("/kemari", -1);
        } finally {
            other.close();
        }
        assertThat(Fixture.insist(arbiter, Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
    }

    @Test
    void changes_that_no_host_should_ask_for_are_refused() {
        ZooKeeperArbiter arbiter = fixture.connectedArbiter(port);
        assertThatThrownBy(() -> arbiter.compareAndSet(Optional.of(FIRST), OwnershipRecord.first("db", "east")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arbiter.compareAndSet(
                        Optional.of(FIRST), new OwnershipRecord("web", 3, "west", Optional.empty(), 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arbiter.read("../web")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void another_user_may_not_touch_the_records() throws Exception {
        ZooKeeperArbiter ours = fixture.connectedArbiter(port, "root", "/ours", "user", "kemari", "password", "good");
        assertThat(ours.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
        for (String[] login : new String[][] {{}, {"user", "kemari", "password", "bad"}}) {
            List<String> more = new ArrayList<>(List.of("root", "/ours", "requestTimeout", "900 ms"));
            more.addAll(List.of(login));
            ZooKeeperArbiter theirs = fixture.arbiter("127.0.0.1:" + port, more.toArray(String[]::new));
            org.awaitility.Awaitility.await()
                    .atMost(Fixture.PATIENCE)
                    .until(() -> theirs.state().reason().contains("NOAUTH"));
            assertThat(theirs.state().reachable()).isFalse();
            assertThat(theirs.state().reason()).doesNotContain("bad");
            assertThat(theirs.compareAndSet(Optional.of(FIRST), FIRST.solo("west")))
                    .isInstanceOf(CasOutcome.Unknown.class);
            assertThatThrownBy(() -> theirs.read("web")).isInstanceOf(ArbiterException.class);
        }
        ZooKeeperArbiter supervisor =
                fixture.connectedArbiter(port, "root", "/ours", "user", "super", "password", "superb");
        assertThat(supervisor.read("web")).contains(FIRST);
    }

    @Test
    void new_settings_are_followed_and_wrong_ones_are_not() throws Exception {
        ZooKeeperArbiter arbiter = fixture.connectedArbiter(port, "root", "/one");
        arbiter.compareAndSet(Optional.empty(), FIRST);
        arbiter.modified(Map.of("connect", "127.0.0.1:" + port, "root", "/two"));
        Fixture.awaitReachable(arbiter, true);
        assertThat(arbiter.read("web")).isEmpty();
        arbiter.modified(Map.of("connect", "127.0.0.1:" + port, "root", "no path"));
        arbiter.modified(Map.of("connect", "127.0.0.1:99999"));
        assertThat(arbiter.read("web")).isEmpty();
        arbiter.modified(Map.of("connect", "127.0.0.1:" + port, "root", "/one"));
        Fixture.awaitReachable(arbiter, true);
        assertThat(arbiter.read("web")).contains(FIRST);
    }

    @Test
    void without_servers_it_says_what_is_missing() {
        ZooKeeperArbiter arbiter = fixture.arbiter("");
        assertThat(arbiter.state().reachable()).isFalse();
        assertThatThrownBy(() -> arbiter.read("web"))
                .isInstanceOf(ArbiterException.class)
                .hasMessageContaining("connect");
        assertThat(arbiter.compareAndSet(Optional.empty(), FIRST)).isInstanceOf(CasOutcome.Unknown.class);
    }
}
