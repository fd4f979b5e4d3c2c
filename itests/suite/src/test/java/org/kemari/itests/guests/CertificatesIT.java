package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Certificates;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** Hosts whose certificates do not fit together stay strangers, say why, and need no restart once they do. */
class CertificatesIT {
    private static final Duration PATIENCE = Guests.PATIENCE;

    private static Lab lab;
    private static KemariHost amber;
    private static KemariHost birch;

    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            Path into = Path.of("target/guest-logs", "CertificatesIT");
            List.of(amber, birch).forEach(host -> host.saveLogs(into));
        }
    };

    @BeforeAll
    static void make() {
        lab = Lab.shared();
        List<String> both = List.of("amber", "birch");
        amber = KemariHost.create(lab, "amber", both);
        birch = KemariHost.create(lab, "birch", both);
    }

    @AfterAll
    static void end() {
        amber.close();
        birch.close();
    }

    private static String reason(KemariHost host, String peer) {
        return host.console().health(peer).getReason();
    }

    private static String state(KemariHost host, String peer) {
        return host.console().health(peer).getState();
    }

    @Test
    void anotherCaIsRefusedUntilTheStoresAreReplaced() throws Exception {
        new Certificates(lab.root(), lab.workspace().resolve("another-ca"))
                .give("birch", birch.files().etc());
        amber.start();
        birch.start();
        amber.awaitReady();
        birch.awaitReady();
        Await.until("amber says what is wrong", PATIENCE, () -> reason(amber, "birch")
                .contains("the certificate of host birch, issued by CN=Kemari CA"));
        Await.until("birch says what is wrong", PATIENCE, () -> reason(birch, "amber")
                .contains("is not signed by a CA in"));
        assertThat(state(amber, "birch")).isNotEqualTo("ALIVE");

        new Certificates(lab.root()).give("birch", birch.files().etc());
        Await.until(
                "they are on speaking terms",
                PATIENCE,
                () -> state(amber, "birch").equals("ALIVE")
                        && state(birch, "amber").equals("ALIVE"));
        assertThat(Files.readString(amber.files().log())).contains("Links between hosts use TLS 1.3");
    }
}
