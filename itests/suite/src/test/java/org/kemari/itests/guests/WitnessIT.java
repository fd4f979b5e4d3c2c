package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Faults;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.OwnerWatch;
import org.kemari.itests.lab.Witness;

/** Two hosts and a witness, which is a third machine with the same assembly: it decides, and can be lost. */
class WitnessIT {
    private static final Duration PATIENCE = Guests.PATIENCE;
    private static final String GUEST = "198.18.7.140";

    private static Lab lab;
    private static Witness witness;
    private static HostGroup group;
    private static int counter;

    private DomainSpec domain;

    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            Path into = Path.of(
                    "target/guest-logs",
                    "WitnessIT-" + context.getRequiredTestMethod().getName());
            group.hosts().forEach(host -> host.saveLogs(into));
            witness.saveLogs(into);
        }
    };

    @BeforeAll
    static void make() {
        lab = Lab.shared();
        group = HostGroup.create(lab, "left", "right");
        witness = Witness.create(lab, "witness").arbitrate(left(), right());
    }

    @AfterAll
    static void end() {
        group.hosts().forEach(KemariHost::close);
        witness.close();
    }

    @BeforeEach
    void up() throws TimeoutException {
        if (!witness.isRunning()) {
            witness.start();
        }
        group.hosts().stream().filter(host -> !host.isRunning()).forEach(KemariHost::start);
        witness.awaitReady();
        group.awaitUp(PATIENCE);
        awaitArbiter(left(), true);
        awaitArbiter(right(), true);
        domain = new DomainSpec("w" + ++counter, GUEST).kernel(Guests.imageIn(lab));
        domain.define(left(), right());
    }

    @AfterEach
    void clean() throws TimeoutException {
        lab.faults().repairAll();
        group.hosts().forEach(host -> host.files().removeDomain(domain.name()));
        for (KemariHost host : group.hosts()) {
            if (host.isRunning() && !host.hypervisorPids().isEmpty()) {
                host.killEverything();
                host.awaitDead();
            }
        }
    }

    private static KemariHost left() {
        return group.host("left");
    }

    private static KemariHost right() {
        return group.host("right");
    }

    private static void awaitArbiter(KemariHost host, boolean reachable) throws TimeoutException {
        Await.until(
                host.name() + (reachable ? " reaches" : " does not reach") + " the witness",
                PATIENCE,
                () -> host.console().arbiter().isReachable() == reachable);
    }

    private DomainMXBean on(KemariHost host) {
        return host.console().domain(domain.name());
    }

    private String startProtected() throws Exception {
        on(left()).start();
        left().console().awaitState(domain.name(), PATIENCE, "SOLO");
        String bootId;
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            bootId = control.bootId();
        }
        on(left()).protect("right");
        group.awaitProtected(domain.name(), PATIENCE);
        return bootId;
    }

    /** Each answer leaves the guest's host only with a checkpoint that the standby has. */
    private static void ask(GuestControl control, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(control.ask("status")).containsKey("boot");
        }
    }

    @Test
    void the_witness_lets_the_standby_take_over() throws Exception {
        String bootId = startProtected();
        assertThat(right().console().arbiter().getRecords().get(domain.name()))
                .contains("owner left")
                .contains("standby right");
        long generation = on(left()).getGeneration();
        left().killEverything();
        right().console().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThat(on(right()).getGeneration()).isEqualTo(generation + 1);
        assertThat(right().console().arbiter().getRecords().get(domain.name())).contains("owner right");
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(control.bootId()).isEqualTo(bootId);
        }
    }

    @Test
    void a_whole_pair_does_not_need_its_witness() throws Exception {
        startProtected();
        try (OwnerWatch watch = OwnerWatch.begin(domain.name(), group.hosts());
                GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            ask(control, 10);
            witness.kill();
            awaitArbiter(left(), false);
            awaitArbiter(right(), false);
            assertThat(left().console().arbiter().getReason()).isNotBlank();
            ask(control, 20);
            assertThat(on(left()).isProtected()).isTrue();
            // it has kept its records
            witness.start();
            awaitArbiter(left(), true);
            awaitArbiter(right(), true);
            assertThat(left().console().arbiter().getRecords().get(domain.name()))
                    .contains("owner left")
                    .contains("standby right");
            ask(control, 10);
            assertThat(watch.faults()).as("%s", watch.story()).isEmpty();
        }
    }

    @Test
    void without_the_witness_the_standby_waits_and_goes_on_when_it_is_back() throws Exception {
        String bootId = startProtected();
        try (Faults.Fault gone = lab.faults().cut(witness.name())) {
            assertThat(gone).isNotNull();
            awaitArbiter(left(), false);
            awaitArbiter(right(), false);
            left().killEverything();
            Await.until(
                    "right has noticed",
                    PATIENCE,
                    () -> right().console().health("left").getState().equals("LOST"));
            assertThat(on(right()).getState()).isNotEqualTo("SOLO");
            assertThat(on(right()).getReason()).isNotBlank();
        }
        right().console().awaitState(domain.name(), PATIENCE, "SOLO");
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(control.bootId()).isEqualTo(bootId);
        }
        assertThat(right().console().arbiter().getEngine()).isEqualTo("zookeeper");
    }
}
