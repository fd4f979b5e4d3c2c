package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** What must be refused is refused, with a reason that a person can act on, and harms nobody. */
class RefusalIT extends GuestCase {
    @Test
    void an_invalid_definition_is_refused_and_the_valid_one_stays() throws Exception {
        KemariHost host = guests.east();
        DomainSpec domain = domain("invalid").memory(256);
        domain.define(host);
        Await.until(
                "it is defined",
                PATIENCE,
                () -> host.console().domain(domain.name()).getMemoryBytes() == 256L << 20);
        host.files().putDomain(domain.name(), domain.yaml(host).replace("memory: 256 MiB", "memory: much"));
        host.console().host().reloadConfiguration();
        assertThat(host.console().host().getConfigurationProblems()).anySatisfy(problem -> assertThat(problem)
                .contains(domain.name() + ".yaml")
                .contains("memory")
                .contains("much"));
        assertThat(host.console().domain(domain.name()).getMemoryBytes()).isEqualTo(256L << 20);
        domain.define(host);
        assertThat(host.console().host().getConfigurationProblems())
                .noneMatch(problem -> problem.contains(domain.name()));
    }

    @Test
    void a_domain_that_is_not_the_same_on_the_standby_is_not_protected() throws Exception {
        assertRefused(
                "other memory",
                domain -> domain.define(guests.east()),
                domain -> domain.memory(192).define(guests.west()),
                "memory");
    }

    @Test
    void a_domain_with_other_vcpus_on_the_standby_is_not_protected() throws Exception {
        assertRefused(
                "other vcpus",
                domain -> domain.define(guests.east()),
                domain -> domain.vcpus(2).define(guests.west()),
                "cpu");
    }

    @Test
    void a_domain_of_another_machine_on_the_standby_is_not_protected() throws Exception {
        assertRefused(
                "other machine",
                domain -> domain.define(guests.east()),
                domain -> domain.machine("pc").define(guests.west()),
                "machine");
    }

    @Test
    void a_domain_whose_disk_has_another_size_on_the_standby_is_not_protected() throws Exception {
        assertRefused(
                "other disk",
                domain -> {
                    raw(domain, "raw", 16 << 20, 1);
                    GuestDisks.makeEmpty(domain.disks().get(0).on(guests.west()), 8 << 20);
                    domain.commandLine("kemari.data=none").define(guests.east());
                },
                domain -> domain.define(guests.west()),
                "raw");
    }

    @Test
    void a_domain_that_the_standby_does_not_know_is_not_protected() throws Exception {
        assertRefused("unknown", domain -> domain.define(guests.east()), domain -> {}, "west");
    }

    @Test
    void a_standby_that_does_not_exist_is_refused_at_once() throws Exception {
        DomainSpec domain = domain("nowhere");
        startGuest(domain, guests.east()).close();
        assertThatThrownBy(() -> guests.east().console().domain(domain.name()).protect("north"))
                .hasMessageContaining("north");
        stop(domain, guests.east());
    }

    @Test
    void operations_that_make_no_sense_are_refused() throws Exception {
        DomainSpec domain = domain("senseless");
        domain.define(guests.east(), guests.west());
        DomainMXBean bean = guests.east().console().domain(domain.name());
        assertThatThrownBy(() -> bean.stop(0)).hasMessageContaining(domain.name());
        assertThatThrownBy(bean::takeover).hasMessageContaining(domain.name());
        assertThatThrownBy(() -> bean.protect("west")).hasMessageContaining(domain.name());
        bean.start();
        guests.east().console().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThatThrownBy(bean::start).hasMessageContaining(domain.name());
        assertThatThrownBy(() -> guests.west().console().domain(domain.name()).start())
                .hasMessageContaining("east");
        stop(domain, guests.east());
    }

    @Test
    void a_missing_kernel_is_told() throws Exception {
        DomainSpec domain = domain("nokernel");
        KemariHost host = guests.east();
        String yaml = domain.yaml(host).replace(guests.image().kernel().toString(), "/nowhere/vmlinuz");
        Files.createDirectories(host.files().domains());
        host.files().putDomain(domain.name(), yaml);
        host.console().host().reloadConfiguration();
        String told = String.join("\n", host.console().host().getConfigurationProblems());
        if (!told.contains("/nowhere/vmlinuz")) {
            // the file may come later: then it is told when the guest is started
            assertThatThrownBy(() -> {
                        host.console().domain(domain.name()).start();
                        host.console().awaitState(domain.name(), PATIENCE, "SOLO");
                    })
                    .hasMessageContaining("vmlinuz");
        }
    }

    /** Something that may fail. */
    private interface Step {
        void take(DomainSpec domain) throws Exception;
    }

    private void assertRefused(String prefix, Step onEast, Step onWest, String reason) throws Exception {
        DomainSpec domain = domain(prefix.replace(' ', '-'));
        onEast.take(domain);
        DomainMXBean bean = guests.east().console().domain(domain.name());
        bean.start();
        guests.east().console().awaitState(domain.name(), PATIENCE, "SOLO");
        onWest.take(domain);
        try {
            bean.protect("west");
        } catch (RuntimeException refused) {
            assertThat(refused).hasMessageContaining(reason);
            return;
        }
        Await.until(
                "it is not protected, because of " + reason,
                PATIENCE,
                () -> bean.getState().equals("SOLO")
                        && bean.getReason().toLowerCase(java.util.Locale.ROOT).contains(reason));
        assertThat(guests.west().console().host().getDomains().toString()).doesNotContain("READY");
        bean.stop(0);
        guests.east().console().awaitState(domain.name(), PATIENCE, "STOPPED");
    }
}
