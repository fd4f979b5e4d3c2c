package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Faults;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.OwnerWatch;
import org.kemari.itests.lab.Wire;

/** Three hosts with two ways to each other: what they know of each other and of themselves, whatever is cut. */
class HostsIT {
    private static final Duration PATIENCE = Guests.PATIENCE;
    private static final String GUEST = "198.18.7.130";

    private static Lab lab;
    private static HostGroup group;

    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            Path into = Path.of(
                    "target/guest-logs",
                    "HostsIT-" + context.getRequiredTestMethod().getName());
            group.hosts().forEach(host -> host.saveLogs(into));
        }
    };

    @BeforeAll
    static void make() {
        lab = Lab.shared();
        group = HostGroup.create(lab, "alpha", "beta", "gamma");
    }

    @AfterAll
    static void end() {
        group.hosts().forEach(KemariHost::close);
    }

    @BeforeEach
    void up() throws TimeoutException {
        group.awaitUp(PATIENCE);
    }

    @AfterEach
    void repair() {
        lab.faults().repairAll();
    }

    private static KemariHost alpha() {
        return group.host("alpha");
    }

    private static String peer(KemariHost host, String peer) {
        return host.console().health(peer).getState();
    }

    private static String path(KemariHost host, String peer, Wire wire) {
        String address = lab.network().address(peer, wire) + ":";
        return host.console().health(peer).getPaths().stream()
                .filter(path -> path.startsWith(address))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no path over " + wire));
    }

    private static void awaitPath(KemariHost host, String peer, Wire wire, String state) throws TimeoutException {
        Await.until(
                "the path of " + host.name() + " to " + peer + " over " + wire + " is " + state,
                PATIENCE,
                () -> path(host, peer, wire).contains(": " + state + ","));
    }

    @Test
    void a_peer_is_lost_when_all_ways_to_it_are() throws Exception {
        for (Wire wire : Wire.paths()) {
            try (Faults.Fault cut = lab.faults().cut("beta", wire)) {
                assertThat(cut).isNotNull();
                long losses = alpha().console().health("beta").getLosses();
                awaitPath(alpha(), "beta", wire, "LOST");
                assertThat(peer(alpha(), "beta")).as("without " + wire).isEqualTo("ALIVE");
                assertThat(peer(group.host("beta"), "gamma")).isEqualTo("ALIVE");
                assertThat(alpha().console().health("beta").getLosses()).isEqualTo(losses);
            }
            awaitPath(alpha(), "beta", wire, "ALIVE");
        }
        try (Faults.Fault cut = lab.faults().cut("beta")) {
            assertThat(cut).isNotNull();
            Await.until("beta is lost", PATIENCE, () -> peer(alpha(), "beta").equals("LOST"));
            Await.until(
                    "all are lost to beta",
                    PATIENCE,
                    () -> peer(group.host("beta"), "alpha").equals("LOST")
                            && peer(group.host("beta"), "gamma").equals("LOST"));
            assertThat(peer(alpha(), "gamma")).isEqualTo("ALIVE");
        }
        group.awaitUp(PATIENCE);
    }

    @Test
    void a_host_says_when_its_arbiter_does_not_answer() throws Exception {
        Await.until("the arbiter answers", PATIENCE, () -> arbiter().contains(": OK: "));
        try (Faults.Fault lost = lab.faults().loseArbiter(alpha())) {
            assertThat(lost).isNotNull();
            Await.until("alpha says so", PATIENCE, () -> arbiter().matches("arbiter: (WARNING|CRITICAL): .*"));
        }
        Await.until("the arbiter answers again", PATIENCE, () -> arbiter().contains(": OK: "));
    }

    private static String arbiter() {
        List<String> checks = alpha().console().host().getChecks();
        return checks.stream().filter(c -> c.startsWith("arbiter")).findFirst().orElse("no check in " + checks);
    }

    @Test
    void a_guest_outlives_its_kemari_and_ends_with_its_host() throws Exception {
        DomainSpec domain = new DomainSpec("lab", GUEST).kernel(Guests.imageIn(lab));
        domain.define(group.hosts().toArray(KemariHost[]::new));
        try (OwnerWatch watch = OwnerWatch.begin("lab", group.hosts())) {
            alpha().console().domain("lab").start();
            alpha().console().awaitState("lab", PATIENCE, "SOLO");
            String bootId;
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                bootId = control.bootId();
            }
            List<Long> hypervisors = alpha().hypervisorPids();
            assertThat(hypervisors).hasSize(1);
            alpha().restartKemari();
            alpha().awaitReady().awaitState("lab", PATIENCE, "SOLO");
            assertThat(alpha().hypervisorPids()).isEqualTo(hypervisors);
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                assertThat(control.bootId()).isEqualTo(bootId);
            }
            assertThat(group.awaitOnePrimary("lab", PATIENCE)).isSameAs(alpha());

            alpha().powerOff();
            assertThat(alpha().pids()).isEmpty();
            assertThat(Files.exists(alpha().files().ramRoot())).isFalse();
            group.awaitUp(PATIENCE);
            alpha().console().awaitRole("lab", PATIENCE, "NONE");
            assertThat(watch.faults()).as("%s", watch.story()).isEmpty();
            assertThat(watch.stretches().get("alpha"))
                    .anyMatch(s -> s.view().state().equals("SOLO"));
        }
    }
}
