package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.shell.internal.view.Speedometer.Speed;

class ViewsTest {
    private static final DomainStatus SOLO = Samples.domain("db", Role.PRIMARY, DomainState.SOLO);
    private static final DomainStatus SYNCING = Samples.domain("files", Role.PRIMARY, DomainState.SYNCING);
    private static final DomainStatus PROTECTED =
            Samples.domain("web", Role.PRIMARY, DomainState.PROTECTED, 3, 100, Optional.of(Samples.takeover()));
    private static final DomainStatus READY = Samples.domain("mail", Role.STANDBY, DomainState.READY);
    private static final DomainStatus STOPPED = Samples.domain("old", Role.NONE, DomainState.STOPPED);

    @Test
    void domains() {
        Grid grid = DomainView.grid(List.of(SOLO, SYNCING), Samples.NOW);
        assertThat(grid.rows().get(0))
                .containsExactly("db", "PRIMARY", "SOLO", "west", "3", "123", "3 min 20 s", "because of a test");
        assertThat(grid.rows().get(1).get(7)).startsWith("[#####      ").endsWith("31 s left");
        assertThatThrownBy(() -> grid.row("too few"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 cells for 8 columns");
    }

    @Test
    void details() {
        Map<String, String> facts =
                DomainDetails.facts(PROTECTED, Optional.empty(), "generation 3, owner east", Samples.NOW)
                        .rows()
                        .stream()
                        .collect(Collectors.toMap(row -> row.get(0), row -> row.get(1)));
        assertThat(facts)
                .containsEntry("state", "PROTECTED")
                .containsEntry("protected", "yes")
                .containsEntry("arbiter's record", "generation 3, owner east")
                .containsEntry("transfer", "to west, epoch 125 sent, 124 committed")
                .containsEntry("checkpoints", "100 with 1000 pages, 3.9 MiB")
                .containsEntry("per checkpoint", "30 KiB on the link of 60 KiB; 3 pages were zero, 4 changed in part")
                .containsEntry("pause", "median 1.1 ms, 95 % 2.2 ms, 99 % 3.3 ms, most 4.4 ms (of 1000)")
                .containsEntry("commit", "median 1.3 ms, 95 % 2.6 ms, 99 % 3.9 ms, most 5.2 ms (of 1000)")
                .containsEntry("last takeover", "3 min 20 s ago: east was lost")
                .containsEntry("takeover: guest resumed", "20 ms")
                .doesNotContainKey("apply");
        assertThat(DomainDetails.facts(READY, Optional.empty(), "", Samples.NOW).rows())
                .extracting(row -> row.get(0))
                .as("a standby is what protects")
                .contains("epoch")
                .doesNotContain("protected", "pause");
        assertThat(DomainDetails.devices(PROTECTED).rows().get(0))
                .containsExactly(
                        "disk0",
                        "BLOCK",
                        "serving, holding",
                        "1",
                        "2",
                        "3",
                        "4",
                        "5",
                        "5.9 KiB",
                        "6.8 KiB",
                        "8",
                        "9",
                        "900 us / 2.7 ms");
    }

    @Test
    void top() {
        List<DomainStatus> all = List.of(SOLO, SYNCING, PROTECTED, READY, STOPPED);
        assertThat(TopView.title("east", all, "zookeeper"))
                .isEqualTo("host east: 3 running, 1 of them protected; standby of 1; arbiter: zookeeper");
        Grid grid = TopView.grid(
                List.of(PROTECTED, STOPPED),
                d -> d == PROTECTED ? Optional.of(new Speed(12.34, 99, 1 << 20)) : Optional.empty());
        assertThat(grid.rows().get(0))
                .containsExactly(
                        "web",
                        "PRIMARY",
                        "PROTECTED",
                        "west",
                        "123",
                        "12",
                        "1.1 ms / 3.3 ms",
                        "1.8 ms / 5.4 ms",
                        "55",
                        "1 MiB/s");
        assertThat(grid.rows().get(1)).containsExactly("old", "NONE", "STOPPED", "", "123", "-", "-", "-", "-", "-");
        assertThat(TopView.notes(all))
                .containsExactly("db: because of a test", "files: " + Progress.of(SYNCING.sync()));
    }

    @Test
    void health() {
        List<Check> checks = List.of(
                new Check("arbiter", Level.CRITICAL, "does not answer", Samples.SINCE),
                new Check("memory", Level.OK, "enough", 0));
        List<ConfigurationProblem> problems = List.of(new ConfigurationProblem("db.yaml", "memory", "is missing"));
        List<PendingDecision> decisions =
                List.of(new PendingDecision("web", "may west run it?", OwnershipRecord.first("web", "west")));
        assertThat(HealthView.grid(checks, problems, decisions, true, Samples.NOW)
                        .rows())
                .containsExactly(
                        List.of("CRITICAL", "arbiter", "3 min 20 s", "does not answer"),
                        List.of("WARNING", "configuration", "", "db.yaml: memory: is missing"),
                        List.of("WARNING", "arbiter", "", "waits for a decision: may west run it?"),
                        List.of("OK", "memory", "", "enough"));
        assertThat(HealthView.grid(checks, List.of(), List.of(), false, Samples.NOW)
                        .rows())
                .hasSize(1);
    }

    @Test
    void paths() {
        assertThat(HostView.paths(List.of(Samples.peer("west", PeerState.ALIVE)), Samples.NOW)
                        .rows())
                .containsExactly(
                        List.of("west", "10.0.0.2:7171", "LOST", "3 min 20 s", "310 us / 930 us", "silent"),
                        List.of(
                                "west",
                                "10.1.0.2:7171",
                                "ALIVE",
                                "3 min 20 s",
                                "320 us / 960 us",
                                "heartbeats arrive"));
    }
}
