package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** The server of a witness host over its life. */
class WitnessServerTest {
    private static final OwnershipRecord FIRST = OwnershipRecord.first("web", "east");

    private final Fixture fixture = new Fixture();

    @TempDir
    private Path directory;

    @AfterEach
    void end() throws Exception {
        fixture.close();
    }

    private static Map<String, Object> settings(int port, Path directory) {
        return Map.of("clientAddress", "127.0.0.1:" + port, "dataDirectory", directory.toString());
    }

    @Test
    void it_keeps_its_records_over_restarts_and_leaves_nothing_behind() throws Exception {
        int port = Fixture.freePort();
        ZooKeeperArbiter arbiter = fixture.arbiter("127.0.0.1:" + port);
        Optional<OwnershipRecord> now = Optional.empty();
        for (int life = 0; life < 3; life++) {
            WitnessServer server = new WitnessServer(settings(port, directory));
            try {
                Fixture.awaitReachable(arbiter, true);
                assertThat(arbiter.read("web")).isEqualTo(now);
                OwnershipRecord next = now.map(record -> record.solo("west")).orElse(FIRST);
                assertThat(Fixture.insist(arbiter, now, next)).isEqualTo(new CasOutcome.Won(next));
                now = Optional.of(next);
                assertThat(ManagementFactory.getPlatformMBeanServer()
                                .queryNames(new ObjectName("org.apache.ZooKeeperService:*"), null))
                        .isEmpty();
            } finally {
                server.close();
            }
            Fixture.awaitReachable(arbiter, false);
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("NIOServerCxn") || name.startsWith("SyncThread"));
        }
    }

    @Test
    void it_waits_for_its_address_and_follows_new_settings() throws Exception {
        int other = Fixture.freePort();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WitnessServer server = new WitnessServer(settings(taken.getLocalPort(), directory));
        try {
            ZooKeeperArbiter arbiter = fixture.arbiter("127.0.0.1:" + taken.getLocalPort() + ",127.0.0.1:" + other);
            taken.close();
            Fixture.awaitReachable(arbiter, true);
            assertThat(arbiter.compareAndSet(Optional.empty(), FIRST)).isEqualTo(new CasOutcome.Won(FIRST));
            server.modified(settings(other, directory));
            server.modified(Map.of("clientAddress", "nonsense:0"));
            Awaitility.await()
                    .atMost(Fixture.PATIENCE)
                    .until(() -> arbiter.state().reason().endsWith(":" + other));
            assertThat(arbiter.read("web")).contains(FIRST);
        } finally {
            taken.close();
            server.close();
        }
    }
}
