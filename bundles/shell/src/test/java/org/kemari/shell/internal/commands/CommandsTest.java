package org.kemari.shell.internal.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.Role;
import org.kemari.shell.internal.view.Samples;

class CommandsTest {
    private final FakeKemari kemari = new FakeKemari();
    private FakeSession session = FakeSession.without();

    @BeforeEach
    void domains() {
        kemari.domains.put("web", Samples.domain("web", Role.PRIMARY, DomainState.PROTECTED, 3, 100, Optional.empty()));
        kemari.domains.put("db", Samples.domain("db", Role.PRIMARY, DomainState.SYNCING));
    }

    private String run(KemariAction action) throws Exception {
        action.kemari = kemari;
        action.session = session.session();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.US_ASCII);
        action.run(out);
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    private String rowsOf(TableAction action) throws Exception {
        action.noFormat = true;
        return run(action).replaceAll(" +(?=\t|\n)", "");
    }

    @Test
    void tables() throws Exception {
        assertThat(run(new DomainsCommand()))
                .containsPattern("Domain +\\| Role +\\| State")
                .containsPattern("web +\\| PRIMARY +\\| PROTECTED +\\| west")
                .contains("[#####               ]  25 %");
        assertThat(rowsOf(new HostsCommand()))
                .isEqualTo(
                        """
                        east\tHERE\t\t10.0.0.1:7171\t\tthis host
                        west\tALIVE\t3 min 20 s\t10.0.0.2:7171\t300 us / 900 us\tbecause
                        """);
        HostsCommand hosts = new HostsCommand();
        hosts.paths = true;
        assertThat(rowsOf(hosts).lines()).hasSize(2);
        assertThat(rowsOf(new HealthCommand()))
                .isEqualTo("WARNING\tconfiguration\t\tdb.yaml: memory: is missing\nOK\tmemory\t\tenough\n");
    }

    @Test
    void domainsOfAState() throws Exception {
        DomainsCommand domains = new DomainsCommand();
        domains.states = List.of("syncing", "SOLO");
        assertThat(rowsOf(domains).lines()).hasSize(1).first().asString().startsWith("db\t");
        domains.states = List.of("HAPPY");
        assertThatThrownBy(() -> run(domains))
                .isInstanceOf(OperationRefusedException.class)
                .hasMessageContaining("no state HAPPY")
                .hasMessageContaining("PROTECTED");
    }

    @Test
    void showTellsAll() throws Exception {
        ShowCommand show = new ShowCommand();
        show.domain = "web";
        assertThat(rowsOf(show))
                .contains("state\tPROTECTED\n")
                .contains("arbiter's record\tgeneration 1, owner east, standby west, session 77\n")
                .contains("memory\t512 MiB\n")
                .contains("\nnic0\tBLOCK\tserving, holding\t");
        kemari.arbiterAnswers = false;
        assertThat(rowsOf(show)).contains("arbiter's record\tunknown: no answer\n");
        show.domain = "none";
        assertThatThrownBy(() -> run(show)).hasMessageContaining("there is no domain none");
    }

    @Test
    void events() throws Exception {
        kemari.history.peerChanged(Samples.peer("west", PeerState.LOST));
        EventsCommand events = new EventsCommand();
        assertThat(rowsOf(events)).isEqualTo("2023-11-14 22:16:40.000\thost west\tLOST\tbecause\n");
        events.name = "web";
        assertThat(rowsOf(events)).isEmpty();
        assertThat(run(new EventsCommand())).contains("west");
        events.number = 0;
        assertThatThrownBy(() -> run(events)).hasMessage("-n is 0; expected 1 or more");
    }

    private <T extends DomainAction> T of(T action, String domain) {
        action.domain = domain;
        return action;
    }

    @Test
    void operations() throws Exception {
        assertThat(run(of(new ProtectCommand(), "web"))).startsWith("web is going to be protected; watch ");
        ProtectCommand there = of(new ProtectCommand(), "web");
        there.standby = "west";
        run(there);
        run(of(new UnprotectCommand(), "web"));
        run(of(new SwitchoverCommand(), "web"));
        EvacuateCommand evacuate = new EvacuateCommand();
        run(evacuate);
        assertThat(rowsOf(new HostsCommand())).startsWith("east\tEVACUATING");
        evacuate.end = true;
        run(evacuate);
        assertThat(kemari.asked)
                .containsExactly(
                        "protect web",
                        "protect web on west",
                        "unprotect web",
                        "switchover web",
                        "evacuate",
                        "endEvacuation");
    }

    @Test
    void aRefusalIsOneLine() {
        StartCommand start = of(new StartCommand(), "web");
        start.kemari = kemari;
        assertThatThrownBy(start::execute)
                .isExactlyInstanceOf(CommandException.class)
                .hasMessage("web runs on west; stop it there")
                .hasNoCause();
        kemari.servicesThere = false;
        assertThatThrownBy(start::execute)
                .isExactlyInstanceOf(CommandException.class)
                .hasMessageContaining("protection service is not running");
        HealthCommand health = new HealthCommand();
        health.kemari = kemari;
        assertThatThrownBy(health::execute).hasMessageContaining("etc/org.kemari.host.cfg");
    }

    @Test
    void whatCannotBeUndoneIsAskedFor() throws Exception {
        StopCommand stop = of(new StopCommand(), "web");
        TakeoverCommand takeover = of(new TakeoverCommand(), "web");
        assertThatThrownBy(() -> run(stop))
                .hasMessageContaining("nobody to ask")
                .hasMessageContaining("--yes");
        assertThatThrownBy(() -> run(takeover)).hasMessageContaining("nobody to ask");
        session = FakeSession.watched();
        assertThatThrownBy(() -> run(takeover)).hasMessageContaining("nobody to ask");
        for (String no : List.of("no", "", "yesterday")) {
            session = FakeSession.with(no);
            assertThatThrownBy(() -> run(stop)).as(no).hasMessage("not done");
            assertThatThrownBy(() -> run(takeover)).as(no).hasMessage("not done");
        }
        assertThat(session.prompts)
                .containsExactly("Stop web? (yes/no) ", "Take over web, whatever its primary does? (yes/no) ");
        assertThat(kemari.asked).isEmpty();

        session = FakeSession.with(" Yes ");
        run(stop);
        run(takeover);
        session = FakeSession.without();
        stop.yes = true;
        stop.graceSeconds = 0;
        run(stop);
        assertThat(kemari.asked).containsExactly("stop web 60", "takeover web", "stop web 0");
        stop.graceSeconds = -1;
        assertThatThrownBy(() -> run(stop)).hasMessageContaining("expected 0 seconds or more");
        stop.domain = "none";
        assertThatThrownBy(() -> run(stop)).hasMessageContaining("there is no domain none");
    }

    @Test
    void decisions() throws Exception {
        DecideCommand decide = new DecideCommand();
        decide.domain = "web";
        decide.decision = "maybe";
        assertThatThrownBy(() -> run(decide)).hasMessage("expected allow or refuse, not maybe");
        decide.decision = "allow";
        assertThatThrownBy(() -> run(decide)).hasMessageContaining("nothing waits for a decision on domain web");
        kemari.pending.add(new PendingDecision("web", "May east run it?", OwnershipRecord.first("web", "east")));
        assertThatThrownBy(() -> run(decide)).hasMessageContaining("nobody to ask");
        assertThat(kemari.asked).isEmpty();
        session = FakeSession.with("y");
        assertThat(run(decide)).isEqualTo("allowed: May east run it?\n");
        assertThat(session.prompts).containsExactly("May east run it? Allow it? (yes/no) ");
        session = FakeSession.without();
        decide.decision = "refuse";
        assertThat(run(decide)).startsWith("refused: ");
        assertThat(kemari.asked).containsExactly("decide web true", "decide web false");
    }

    @Test
    void topPrintsOnceWhereThereIsNoTerminal() throws Exception {
        String once = run(new TopCommand());
        session = FakeSession.watched();
        assertThat(run(new TopCommand())).isEqualTo(once);
        assertThat(once)
                .startsWith("host east: 2 running, 1 of them protected; standby of 0; arbiter: manual\n")
                .containsPattern("web +\\| PRIMARY +\\| PROTECTED +\\| west +\\| +123 \\| +0 \\| 1.1 ms / 3.3 ms")
                .contains("db: [#####               ]  25 % memory and disks")
                .doesNotContain("\u001b");
    }

    @Test
    @Timeout(20)
    void topDrawsUntilAKeyIsPressed() throws Exception {
        session = FakeSession.with("q");
        assertThat(run(new TopCommand()))
                .startsWith("\u001b[Hhost east")
                .contains("\u001b[K\n")
                .endsWith("\u001b[J\n")
                .containsOnlyOnce("host east");
    }

    @Test
    @Timeout(20)
    void console(@TempDir Path directory) throws Exception {
        ConsoleCommand console = new ConsoleCommand();
        console.domain = "web";
        assertThatThrownBy(() -> run(console))
                .hasMessageContaining("is not logged")
                .hasMessageContaining("consoleLog");
        Path log = directory.resolve("web.log");
        kemari.consoleLog = Optional.of(log);
        assertThatThrownBy(() -> run(console)).hasMessageContaining("there is no " + log);
        Files.writeString(log, "one\n\u001b[31mtwo\u001b[0m\r\nthree\n");
        console.lines = 2;
        assertThat(run(console)).isEqualTo("two\nthree\n");
        console.path = true;
        assertThat(run(console)).isEqualTo(log + "\n");
        console.path = false;
        console.follow = true;
        session = FakeSession.with("q");
        assertThat(run(console)).as("until a key is pressed").isEqualTo("two\nthree\n");
        console.domain = "none";
        assertThatThrownBy(() -> run(console)).hasMessageContaining("not defined on this host");
    }

    @Test
    @Timeout(20)
    void aConsoleIsFollowed(@TempDir Path directory) throws Exception {
        Path log = Files.writeString(directory.resolve("web.log"), "before\n");
        kemari.consoleLog = Optional.of(log);
        ConsoleCommand console = new ConsoleCommand();
        console.domain = "web";
        console.follow = true;
        console.kemari = kemari;
        console.session = session.session();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Thread thread = new Thread(() -> {
            try {
                console.run(new PrintStream(bytes, true, StandardCharsets.US_ASCII));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        await().until(() -> bytes.toString().equals("before\n"));
        Files.writeString(log, "after\n", StandardOpenOption.APPEND);
        await().until(() -> bytes.toString().equals("before\nafter\n"));
        thread.interrupt();
        thread.join(Duration.ofSeconds(10).toMillis());
        assertThat(thread.isAlive()).isFalse();
    }
}
