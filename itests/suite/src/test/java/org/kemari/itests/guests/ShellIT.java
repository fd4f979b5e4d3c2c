package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostShell;
import org.kemari.itests.lab.HostShell.Answer;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** The commands of Karaf's shell on a real host: without a terminal, with one, and for those who may only look. */
class ShellIT {
    private static final Duration PATIENCE = Guests.PATIENCE;

    /** A command over SSH takes a while. */
    private static final long STEP_MILLIS = 300;

    private static final String PROMPT = "operator@root\\(\\)> ";
    /** What the test guest writes to its console. */
    private static final String READY = "guestd: ready";

    private static KemariHost host;
    private static HostShell shell;
    private static DomainSpec domain;

    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            host.saveLogs(Path.of(
                    "target/guest-logs",
                    "ShellIT-" + context.getRequiredTestMethod().getName()));
        }
    };

    @BeforeAll
    static void up() throws TimeoutException {
        Lab lab = Lab.shared();
        // the other one never runs
        host = KemariHost.create(lab, "manned", List.of("manned", "absent")).withShell();
        host.start();
        host.awaitReady();
        shell = HostShell.of(host);
        Await.until(
                "its commands are there",
                PATIENCE,
                () -> shell.run("kemari:hosts").status() == 0);
        domain = new DomainSpec("tty", "198.18.7.150")
                .kernel(Guests.imageIn(lab))
                .withoutNic();
        domain.define(host);
    }

    @AfterAll
    static void down() {
        if (shell != null) {
            shell.close();
        }
        host.close();
    }

    private static String ask(String command) throws Exception {
        Answer answer = shell.run(command);
        assertThat(answer.status()).as("%s: %s", command, answer.text()).isZero();
        return answer.text();
    }

    private static String refused(String command) throws Exception {
        Answer answer = shell.run(command);
        assertThat(answer.status()).as("%s: %s", command, answer.text()).isNotZero();
        assertThat(answer.text().strip()).as("one line").doesNotContain("\n").doesNotContain("Exception");
        return answer.text();
    }

    @Test
    void a_host_without_guests_is_seen() throws Exception {
        assertThat(ask("kemari:hosts")).containsPattern("manned +. HERE").containsPattern("absent +. UNKNOWN");
        assertThat(ask("kemari:hosts --paths")).containsPattern("absent +. [0-9.]+:7171 +. UNKNOWN");
        assertThat(ask("kemari:health")).containsPattern("OK +. arbiter");
        assertThat(ask("kemari:domains --state STOPPED --no-format")).startsWith("tty");
        assertThat(ask("kemari:top")).contains("0 running, 0 of them protected").containsPattern("tty +. NONE");
        assertThat(refused("kemari:decide tty allow")).contains("nothing waits for a decision on domain tty");
        assertThat(ask("kemari:show --help")).contains("Examples:").contains("kemari:show web");
        assertThat(refused("kemari:show nobody")).contains("there is no domain nobody; kemari:domains lists them");
        assertThat(refused("kemari:takeover -y tty")).contains("Error executing command: ");
    }

    @Test
    void a_guest_is_driven_from_the_shell() throws Exception {
        assertThat(ask("kemari:start tty")).contains("tty is being started");
        host.console().awaitState("tty", PATIENCE, "SOLO");
        assertThat(refused("kemari:start tty")).contains("tty");
        Await.until("the guest has booted", PATIENCE, STEP_MILLIS, () -> ask("kemari:console tty")
                .contains(READY));
        assertThat(ask("kemari:domains -s SOLO")).containsPattern("tty +. PRIMARY +. SOLO");
        assertThat(ask("kemari:show tty")).containsPattern("arbiter's record +. generation 1, owner manned");

        assertThat(refused("kemari:stop tty")).contains("nobody to ask").contains("--yes");
        assertThat(host.console().domain("tty").getState()).isEqualTo("SOLO");
        try (HostShell.Terminal terminal = shell.terminal()) {
            terminal.await(PROMPT);
            watchItOn(terminal);
            watchItWithKaraf();
            terminal.type("kemari:stop --grace 0 tty\r");
            terminal.await("Stop tty\\? \\(yes/no\\)");
            terminal.type("no\r");
            terminal.await("not done");
            assertThat(host.console().domain("tty").getState()).isEqualTo("SOLO");
            terminal.type("kemari:stop --grace 0 tty\r");
            terminal.await("Stop tty\\?");
            terminal.type("yes\r");
            terminal.await("tty is being stopped");
        }
        host.console().awaitState("tty", PATIENCE, "STOPPED");
        assertThat(ask("kemari:events --no-format -n 100 tty"))
                .contains("STOPPED > STARTING")
                .contains("STARTING > SOLO")
                .contains("SOLO > STOPPED");
    }

    /** Karaf's own command repeats ours; that it once did not end when it was asked to is Karaf's affair. */
    private static void watchItWithKaraf() throws Exception {
        try (HostShell.Terminal terminal = shell.terminal()) {
            terminal.await(PROMPT);
            terminal.type("watch kemari:top\r");
            terminal.await("host manned: 1 running");
        }
    }

    private static void watchItOn(HostShell.Terminal terminal) throws Exception {
        terminal.type("kemari:top\r");
        terminal.await("host manned: 1 running");
        terminal.type("q");
        terminal.await(PROMPT);
        terminal.type("kemari:top -d 100\r");
        terminal.await("host manned: 1 running");
        // Ctrl-C
        terminal.type("\u0003");
        terminal.await(PROMPT);
        terminal.type("kemari:show t\t\r");
        terminal.await("domain +. tty");
        terminal.type("kemari:console -f tty\r");
        terminal.await(READY);
        terminal.type("q");
        terminal.await(PROMPT);
    }

    @Test
    void those_who_may_only_look_cannot_do_more() throws Exception {
        try (HostShell viewer = HostShell.ofViewer(host)) {
            assertThat(viewer.run("kemari:domains").text()).contains("tty");
            Answer answer = viewer.run("kemari:start tty");
            assertThat(answer.status()).isNotZero();
            assertThat(answer.text()).contains("kemari:start");
            assertThat(host.console().host().getDomains().get("tty")).doesNotContain("STARTING");
        }
    }
}
