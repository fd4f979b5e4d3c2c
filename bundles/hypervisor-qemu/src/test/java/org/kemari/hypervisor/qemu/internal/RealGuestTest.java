package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.hypervisor.VirtualMachine.WhilePaused;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.PageCapture;

/** Real QEMU processes, emulated, with a guest of some hundred bytes. */
class RealGuestTest {
    private final EventLog log = new EventLog();
    private TestHost host;

    @BeforeEach
    void makeHost() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void endHost() throws Exception {
        host.close();
    }

    private void awaitCounting(String name, int above) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Integer.compareUnsigned(host.counter(name), above) > 0);
    }

    /** In place, because the other process has its file mapped. */
    private void copyMemory(String from, String to) throws IOException {
        try (var source = Files.newInputStream(host.paths(from).ramFile());
                var target = Files.newOutputStream(host.paths(to).ramFile(), StandardOpenOption.WRITE)) {
            source.transferTo(target);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35"})
    void aGuestMovesToAnotherProcessAndRunsOn(String machine) throws Exception {
        DomainDefinition here = host.guest("here", machine, 'c');
        DomainDefinition there = host.guest("there", machine, 'c');
        VirtualMachine source = host.launch(here, LaunchMode.BOOT, log);
        VirtualMachine target = host.launch(there, LaunchMode.INCOMING, new EventLog());
        source.resume();
        awaitCounting("here", 1000);

        source.pause();
        int paused = host.counter("here");
        ByteBuffer state = source.saveDeviceState().get();
        copyMemory("here", "there");
        assertThat(host.counter("here")).as("paused").isEqualTo(paused);
        target.loadDeviceState(state);
        assertThat(state.position()).isZero();
        assertThat(host.counter("there")).isEqualTo(paused);
        target.resume();

        awaitCounting("there", paused + 1000);
        assertThat(host.console("there"))
                .as("registers and memory belong together")
                .isEmpty();
        assertThat(host.counter("here")).as("the source stays paused").isEqualTo(paused);

        VirtualMachine third = host.launch(host.guest("third", machine, 'c'), LaunchMode.INCOMING, new EventLog());
        target.pause();
        copyMemory("there", "third");
        third.loadDeviceState(target.saveDeviceState().get());
        third.resume();
        awaitCounting("third", host.counter("there"));
    }

    @Test
    void savingAgainAndAgainWorks() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", 'c'), LaunchMode.BOOT, log);
        machine.resume();
        int last = 0;
        for (int i = 0; i < 20; i++) {
            awaitCounting("web", last);
            machine.pause();
            last = host.counter("web");
            assertThat(machine.saveDeviceState().get().remaining()).isGreaterThan(10_000);
            machine.resume();
        }
        assertThat(log.told()).isEmpty();
        assertThat(machine.tracksPages()).isEqualTo(PageCapture.isSupported(machine.pid()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35", "microvm"})
    void theGuestStandsStillUntilTheWorkOfACheckpointIsDone(String type) throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", type, 'c'), LaunchMode.BOOT, log);
        machine.resume();
        int last = 0;
        for (int i = 0; i < 12; i++) {
            awaitCounting("web", last);
            int round = i;
            int[] seen = new int[2];
            ByteBuffer state = machine.checkpoint(() -> {
                seen[0] = host.counter("web");
                long until =
                        System.nanoTime() + Duration.ofMillis(round % 4 * 30).toNanos();
                do {
                    seen[1] = host.counter("web");
                } while (System.nanoTime() < until);
            });
            assertThat(seen[1]).as("round %d", i).isEqualTo(seen[0]).isNotZero();
            assertThat(state.remaining()).isGreaterThan(1_000);
            assertThat(state.getInt(0)).as("QEVM").isEqualTo(0x5145564d);
            last = seen[0];
        }
        awaitCounting("web", last);
        assertThat(log.told()).isEmpty();
    }

    @Test
    void theGuestRunsOnAfterACheckpointThatFailed() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", 'c'), LaunchMode.BOOT, log);
        machine.resume();
        for (int i = 0; i < 6; i++) {
            int[] seen = new int[1];
            boolean fails = i % 2 == 1; // each time another way: the first one after a failure goes step by step
            WhilePaused work = () -> {
                seen[0] = host.counter("web");
                if (fails) {
                    throw new IOException("as the test wants it");
                }
            };
            if (fails) {
                assertThatThrownBy(() -> machine.checkpoint(work)).hasMessage("as the test wants it");
            } else {
                machine.checkpoint(work);
            }
            awaitCounting("web", seen[0]);
        }
        machine.checkpoint(() -> {});
        machine.pause();
        int paused = host.counter("web");
        machine.checkpoint(() -> assertThat(host.counter("web")).isEqualTo(paused));
        awaitCounting("web", paused);
    }

    @Test
    void theStateOfACheckpointAtOnceCanBeLoaded() throws Exception {
        VirtualMachine source = host.launch(host.guest("here", "q35", 'c'), LaunchMode.BOOT, log);
        VirtualMachine target = host.launch(host.guest("there", "q35", 'c'), LaunchMode.INCOMING, new EventLog());
        source.resume();
        awaitCounting("here", 1000);
        source.checkpoint(() -> {});
        int[] paused = new int[1];
        ByteBuffer state = source.checkpoint(() -> {
            paused[0] = host.counter("here");
            copyMemory("here", "there");
        });
        target.loadDeviceState(state);
        assertThat(host.counter("there")).isEqualTo(paused[0]);
        target.resume();
        awaitCounting("there", paused[0] + 1000);
        assertThat(host.console("there"))
                .as("registers and memory belong together")
                .isEmpty();
    }

    @Test
    void powerOffIsTheGuestsOwnEnd() throws Exception {
        host.launch(host.guest("web", "q35", 'p'), LaunchMode.BOOT, log).resume();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.GUEST_POWERED_OFF);
        assertThat(host.paths("web").ramFile()).doesNotExist();
        assertThat(host.paths("web").qmpSocket()).doesNotExist();
    }

    @Test
    void thePowerButtonReachesTheGuest() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", 'b'), LaunchMode.BOOT, log);
        machine.resume();
        await().until(() -> host.console("web").equals("b"));
        machine.powerDown();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.GUEST_POWERED_OFF);
    }

    @ParameterizedTest
    @ValueSource(chars = {'r', 't'})
    void aResetIsReportedAndTheGuestRunsOn(char task) throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", task), LaunchMode.BOOT, log);
        machine.resume();
        log.awaitTold("reset");
        await().until(() -> host.console("web").length() >= 2); // it has started again
        assertThat(machine.isAlive()).isTrue();
        machine.destroy();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.DESTROYED);
    }

    @Test
    void aGuestThatHasMovedCanStillReboot() throws Exception {
        VirtualMachine source = host.launch(host.guest("here", "q35", 'w'), LaunchMode.BOOT, log);
        VirtualMachine target = host.launch(host.guest("there", "q35", 'w'), LaunchMode.INCOMING, log);
        source.resume();
        await().until(() -> host.console("here").equals("w"));
        source.pause();
        copyMemory("here", "there");
        target.loadDeviceState(source.saveDeviceState().get());
        target.resume();
        target.powerDown();
        log.awaitTold("reset");
        await().until(() -> host.console("there").equals("w")); // through the firmware and the boot loader again
    }

    @Test
    void aMachineIsNotReadyBeforeItsDevicesHaveBackends() throws Exception {
        DomainDefinition plain = host.guest("web", "q35", 'c');
        DomainDefinition domain = new DomainDefinition(
                "web",
                plain.memoryBytes(),
                1,
                "q35",
                "",
                plain.accelerator(),
                plain.boot(),
                List.of(new DiskDefinition("root", host.root.resolve("root.raw"), DiskMode.MIRRORED, false, 2)),
                List.of(new NicDefinition("lan", "", "52:54:00:00:00:01", "ktap0")),
                Optional.empty(),
                false,
                plain.protection());
        DomainPaths paths = host.paths("web");
        VirtualMachine machine = host.keep(host.hypervisor.launch(domain, paths, LaunchMode.BOOT, log));
        assertThat(paths.deviceSocket("root")).exists();
        assertThat(paths.deviceSocket("lan")).exists();
        assertThatThrownBy(() -> machine.awaitReady(Duration.ofMillis(300))).hasMessageContaining("backend");
        machine.destroy();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.DESTROYED);
        assertThat(paths.deviceSocket("root")).doesNotExist();
    }

    @Test
    void theMemoryOfARetiredMachineServesAnother() throws Exception {
        DomainDefinition domain = host.guest("web", "q35", 'c');
        DomainPaths paths = host.paths("web");
        VirtualMachine machine = host.launch(domain, LaunchMode.BOOT, log);
        machine.resume();
        awaitCounting("web", 1000);
        machine.pause();
        int counted = host.counter("web");
        ByteBuffer saved = machine.saveDeviceState().get();
        ByteBuffer state =
                ByteBuffer.allocateDirect(saved.remaining()).put(saved).flip();
        machine.retire();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.DESTROYED);
        machine.destroy();
        assertThat(paths.qmpSocket()).doesNotExist();
        byte[] kept = Files.readAllBytes(paths.ramFile());

        VirtualMachine again = host.launch(domain, LaunchMode.INCOMING_RETAINED, new EventLog());
        assertChangedPagesAreFound(again.pid(), paths.ramFile(), kept);
        assertThat(host.counter("web")).isEqualTo(counted);
        again.loadDeviceState(state);
        again.resume();
        awaitCounting("web", counted + 1000);
        again.destroy();
        assertThat(paths.ramFile()).doesNotExist();
        assertThatThrownBy(() -> host.launch(domain, LaunchMode.INCOMING_RETAINED, new EventLog()))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("is not there");
    }

    /** What the emulator does to the memory while it starts must be known, or the memory is worth nothing. */
    private static void assertChangedPagesAreFound(long pid, Path ramFile, byte[] before) throws IOException {
        assumeTrue(PageCapture.isSupported(pid), "needs PAGEMAP_SCAN (Linux 6.7) and the right to trace");
        byte[] now = Files.readAllBytes(ramFile);
        int page = PageCapture.PAGE_BYTES;
        try (DirtyBitmap marks = DirtyBitmap.anonymous(now.length / page);
                PageCapture capture = PageCapture.open(pid, ramFile, now.length, marks)) {
            capture.look();
            for (int i = 0; i < now.length / page; i++) {
                if (!Arrays.equals(now, i * page, (i + 1) * page, before, i * page, (i + 1) * page)) {
                    assertThat(capture.pendingBits().getLong(i / 64 * 8) >>> (i % 64) & 1)
                            .as("page %s", i)
                            .isEqualTo(1);
                }
            }
            assertThat(capture.pending()).as("and hardly more than that").isLessThan(now.length / page / 4);
        }
    }

    @Test
    void aPanicIsReportedAndEndsNothing() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", 'k'), LaunchMode.BOOT, log);
        machine.resume();
        log.awaitTold("panicked");
        machine.pause();
        machine.resume();
        assertThat(log.told()).containsExactly("panicked");
    }

    @Test
    void aKilledProcessIsAFailedHypervisor() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "pc", 'c'), LaunchMode.BOOT, log);
        machine.resume();
        ProcessHandle.of(machine.pid()).orElseThrow().destroyForcibly();
        VmExit exit = log.awaitExit();
        assertThat(exit.cause()).isEqualTo(VmExit.Cause.HYPERVISOR_FAILED);
        assertThat(exit.detail()).contains("killed by signal 9");
        assertThatThrownBy(machine::pause)
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("killed by signal 9");
        assertThat(machine.saveDeviceState()).isCompletedExceptionally();
    }

    @Test
    void destroyedTwiceIsDestroyedOnce() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "pc", 'c'), LaunchMode.BOOT, log);
        machine.destroy();
        machine.destroy();
        assertThat(machine.isAlive()).isFalse();
        assertThat(host.paths("web").ramFile()).doesNotExist();
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.DESTROYED);
        VirtualMachine again = host.launch(host.guest("web", "pc", 'c'), LaunchMode.BOOT, new EventLog());
        again.resume();
        awaitCounting("web", 0);
    }

    @Test
    void aReleasedProcessIsAdopted() throws Exception {
        DomainDefinition domain = host.guest("web", "q35", 'c');
        DomainPaths paths = host.paths("web");
        EventLog later = new EventLog();
        assertThat(host.hypervisor.adopt(domain, paths, later)).isEmpty();
        VirtualMachine first = host.launch(domain, LaunchMode.BOOT, log);
        first.resume();
        assertThatThrownBy(() -> host.hypervisor.launch(domain, paths, LaunchMode.BOOT, later))
                .hasMessageContaining("already runs")
                .hasMessageContaining(Long.toString(first.pid()));
        first.release();
        first.destroy(); // it isn't ours any more

        VirtualMachine adopted =
                host.keep(host.hypervisor.adopt(domain, paths, later).orElseThrow());
        adopted.awaitReady(Duration.ofSeconds(10));
        assertThat(adopted.pid()).isEqualTo(first.pid());
        adopted.pause();
        assertThat(adopted.saveDeviceState().get().remaining()).isPositive();
        adopted.destroy();
        assertThat(later.awaitExit().cause()).isEqualTo(VmExit.Cause.DESTROYED);
        assertThat(log.told()).isEmpty();
        assertThat(host.hypervisor.adopt(domain, paths, later)).isEmpty();
    }

    @Test
    void anotherProcessOfThatNumberIsNotAdopted() throws Exception {
        DomainPaths paths = host.paths("web");
        Files.createDirectories(paths.runDirectory());
        Files.writeString(paths.pidFile(), ProcessHandle.current().pid() + "\n");
        assertThat(host.hypervisor.adopt(host.guest("web", "q35", 'c'), paths, log))
                .isEmpty();
    }

    @Test
    void garbageIsNotLoaded() throws Exception {
        VirtualMachine machine = host.launch(host.guest("web", "q35", 'c'), LaunchMode.INCOMING, log);
        ByteBuffer garbage = ByteBuffer.wrap("this is no device state".getBytes());
        assertThatThrownBy(() -> machine.loadDeviceState(garbage))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("Not a migration stream");
        assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.HYPERVISOR_FAILED);
    }

    @Test
    void uefiGetsVariablesOfItsOwn() throws Exception {
        DomainDefinition domain = host.domain("web", "q35", new Boot.Disk(Boot.Firmware.OVMF));
        VirtualMachine machine = host.launch(domain, LaunchMode.BOOT, log);
        machine.resume();
        assertThat(Files.size(host.paths("web").firmwareVariables())).isPositive();
        machine.destroy();
        assertThat(host.paths("web").firmwareVariables()).exists();
        host.launch(domain, LaunchMode.INCOMING, new EventLog());
    }

    @Test
    void whatQemuSaysAtAFailedStartIsInTheException() throws Exception {
        DomainDefinition domain =
                host.domain("web", "q35", new Boot.Kernel(host.root.resolve("no-such-kernel"), Optional.empty(), ""));
        assertThatThrownBy(() -> host.launch(domain, LaunchMode.BOOT, log))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("web")
                .hasMessageContaining("no-such-kernel");
        await().untilAsserted(() -> assertThat(host.paths("web").ramFile()).doesNotExist());
    }

    @Test
    void aMissingQemuIsNamedWithItsSetting() throws Exception {
        try (TestHost without = new TestHost("qemu-system-nothing")) {
            assertThatThrownBy(() -> without.hypervisor.identity(host.guest("web", "q35", 'c')))
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageContaining("qemu-system-nothing")
                    .hasMessageContaining("qemuBinary")
                    .hasMessageContaining("qemu-system-x86");
        }
    }

    @Test
    void theIdentityNamesWhatMustBeEqual() throws Exception {
        var identity = host.hypervisor.identity(host.guest("web", "q35", 'c'));
        assertThat(identity.hypervisor()).isEqualTo("qemu");
        assertThat(identity.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(identity.machine()).matches("pc-q35-\\d+\\.\\d+");
        assertThat(identity.cpu()).isEqualTo("qemu64");
        assertThat(identity.accelerator()).isEqualTo("tcg");
        assertThatThrownBy(() -> host.hypervisor.identity(host.guest("web", "z80", 'c')))
                .hasMessageContaining("no machine type z80");
    }
}
