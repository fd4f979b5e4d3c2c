package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostShell;
import org.kemari.itests.lab.HostShell.Answer;
import org.kemari.itests.lab.KemariHost;

/** As {@link HotSwapIT}, with {@code bundle:update} over SSH: what an operator types. */
class HotSwapByShellIT extends ServingCase {
    private static final List<String> ON_THE_PRIMARY = List.of(
            "shell",
            "management",
            "health",
            "ring-restoration",
            "state-transfer",
            "protection",
            "hypervisor-qemu",
            "config",
            "event-tap");

    private static final List<String> ON_THE_STANDBY = List.of("shell", "state-transfer", "protection");

    private static final String PROMPT = "operator@root\\(\\)> ";

    @Test
    void a_guest_serves_its_client_and_stays_where_it_is() throws Exception {
        whileServing("typed", (domain, swapping) -> {
            try (HostShell east = HostShell.of(guests.east());
                    HostShell west = HostShell.of(guests.west());
                    HostShell.Terminal terminal = east.terminal()) {
                terminal.await(PROMPT);
                for (String bundle : ON_THE_PRIMARY) {
                    update(swapping, guests.east(), east, bundle);
                }
                // whoever was logged in all the time still is, with the commands of now
                terminal.type("kemari:domains --no-format\r");
                terminal.await(domain.name() + "\\s+PRIMARY\\s+PROTECTED.*");
                terminal.type("bundle:update " + HotSwap.symbolicName("shell") + "\r");
                terminal.await(PROMPT);
                awaitCommands(east);
                terminal.type("kemari:domains --no-format\r");
                terminal.await(domain.name() + "\\s+PRIMARY\\s+PROTECTED.*");
                for (String bundle : ON_THE_STANDBY) {
                    update(swapping, guests.west(), west, bundle);
                }
            }
        });
    }

    private static void update(HotSwap swapping, KemariHost host, HostShell shell, String bundle)
            throws IOException, TimeoutException {
        HotSwap.Outcome outcome = swapping.exchange(host, bundle, bundles -> {
            Answer answer = shell.run("bundle:update " + HotSwap.symbolicName(bundle));
            assertThat(answer.status())
                    .as("update of %s: %s", bundle, answer.text())
                    .isZero();
        });
        awaitCommands(shell);
        say("bundle:update of " + bundle, host.name(), outcome);
    }

    private static void awaitCommands(HostShell shell) throws TimeoutException {
        Await.until(
                "the commands are there",
                PATIENCE,
                () -> shell.run("kemari:hosts").status() == 0);
    }
}
