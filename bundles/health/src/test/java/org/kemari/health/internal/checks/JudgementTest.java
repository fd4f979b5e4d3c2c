package org.kemari.health.internal.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.health.internal.checks.Examples.WANTED;
import static org.kemari.health.internal.checks.Examples.disk;
import static org.kemari.health.internal.checks.Examples.domain;
import static org.kemari.health.internal.checks.Examples.seconds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.health.Check.Level;
import org.kemari.api.protection.DomainState;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.health.internal.checks.ProcessSample.ThreadSample;

/** What the checks make of what they see, second by second. */
class JudgementTest {
    private static final Level OK = Level.OK;
    private static final Level WARNING = Level.WARNING;
    private static final Level CRITICAL = Level.CRITICAL;
    private static final Duration AGE = Duration.ofSeconds(1);

    /** Looks each second, from the first to the last; what is found then. */
    private static Finding last(int from, int to, LongFunction<Finding> look) {
        for (int second = from; second < to; second++) {
            look.apply(second);
        }
        return look.apply(to);
    }

    private static ProcessSample process(char state, ThreadSample... threads) {
        return new ProcessSample(42, state, List.of(threads));
    }

    private static ThreadSample cpu(char state, long ran) {
        return new ThreadSample(43, "CPU 0/KVM", state, ran);
    }

    @Test
    void aGuestThatRuns() {
        GuestCheck check = new GuestCheck();
        Finding found = last(
                0,
                60,
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', cpu('S', s))), seconds(s)));
        assertThat(found.level()).isEqualTo(OK);
        assertThat(found.subject()).isEqualTo("domain web: guest");
    }

    @Test
    void aStoppedHypervisor() {
        GuestCheck check = new GuestCheck();
        LongFunction<Finding> look =
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('T', cpu('T', 1))), seconds(s));
        assertThat(last(0, 1, look).level()).isEqualTo(OK);
        Finding found = last(2, 5, look);
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("stopped by a signal for 5 s").contains("kill -CONT 42");
        Finding traced = last(
                6,
                9,
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('t', cpu('t', 1))), seconds(s)));
        assertThat(traced.reason()).contains("debugger");
        assertThat(check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', cpu('S', 2))), seconds(10))
                        .level())
                .isEqualTo(OK);
    }

    @Test
    void aHypervisorThatIsGone() {
        GuestCheck check = new GuestCheck();
        Finding found = last(0, 3, s -> check.look(domain(DomainState.PROTECTED, s, 42), Optional.empty(), seconds(s)));
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("process 42 is gone").contains("PROTECTED");
    }

    @Test
    void aThreadThatWaitsInTheKernel() {
        GuestCheck check = new GuestCheck();
        LongFunction<Finding> busy =
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', cpu('D', s))), seconds(s));
        assertThat(last(0, 30, busy).level()).as("it runs in between").isEqualTo(OK);
        LongFunction<Finding> stuck =
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', cpu('D', 99))), seconds(s));
        assertThat(last(31, 35, stuck).level()).isEqualTo(OK);
        Finding found = last(36, 37, stuck);
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("CPU 0/KVM").contains("6 s").contains("kernel log");
    }

    @Test
    void cpusThatDoNotRun() {
        GuestCheck check = new GuestCheck();
        LongFunction<Finding> still =
                s -> check.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', cpu('S', 5))), seconds(s));
        assertThat(last(0, 14, still).level()).isEqualTo(OK);
        assertThat(last(15, 16, still).level()).isEqualTo(WARNING);
        GuestCheck standby = new GuestCheck();
        Finding waiting = last(
                0,
                60,
                s -> standby.look(
                        domain(DomainState.READY, 0, 42), Optional.of(process('S', cpu('S', 5))), seconds(s)));
        assertThat(waiting.level()).as("it is not meant to run").isEqualTo(OK);
        GuestCheck unnamed = new GuestCheck();
        ThreadSample thread = new ThreadSample(43, "qemu", 'S', 5);
        Finding unknown = last(
                0,
                60,
                s -> unnamed.look(domain(DomainState.SOLO, 0, 42), Optional.of(process('S', thread)), seconds(s)));
        assertThat(unknown.level()).as("which threads are CPUs cannot be told").isEqualTo(OK);
    }

    @Test
    void checkpointsThatDoNotCome() {
        CheckpointCheck check = new CheckpointCheck();
        LongFunction<Finding> advancing = s -> check.look(domain(DomainState.PROTECTED, s / 2, 42), AGE, seconds(s))
                .get(0);
        assertThat(last(0, 60, advancing).level()).isEqualTo(OK);
        LongFunction<Finding> stuck = s -> check.look(domain(DomainState.PROTECTED, 30, 42), AGE, seconds(s))
                .get(0);
        assertThat(last(61, 64, stuck).level()).isEqualTo(OK);
        assertThat(last(65, 66, stuck).level()).isEqualTo(CRITICAL);
        assertThat(check.look(domain(DomainState.SOLO, 30, 42), AGE, seconds(67)))
                .isEmpty();
        LongFunction<Finding> standby = s ->
                check.look(domain(DomainState.READY, 30, 42), AGE, seconds(s)).get(0);
        assertThat(last(68, 80, standby).level()).isEqualTo(WARNING);
        CheckpointCheck patient = new CheckpointCheck();
        LongFunction<Finding> slow =
                s -> patient.look(domain(DomainState.PROTECTED, 30, 42), Duration.ofSeconds(10), seconds(s))
                        .get(0);
        assertThat(last(0, 49, slow).level()).isEqualTo(OK);
        assertThat(last(50, 50, slow).level()).isEqualTo(CRITICAL);
    }

    private static LongFunction<Finding> device(DeviceCheck check, LongFunction<DeviceStatus> device) {
        return s -> check.look(domain(DomainState.PROTECTED, s, 42), device.apply(s), seconds(s));
    }

    @Test
    void aDiskThatDoesNotAnswer() {
        DeviceCheck check = new DeviceCheck();
        assertThat(last(0, 60, device(check, s -> disk(false, 3, s, 0, 0, 0))).level())
                .as("busy all the time")
                .isEqualTo(OK);
        assertThat(last(61, 64, device(check, s -> disk(false, 3, 60, 0, 0, 0))).level())
                .isEqualTo(OK);
        Finding found = last(65, 66, device(check, s -> disk(false, 3, 60, 0, 0, 0)));
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.subject()).isEqualTo("domain web: device vda");
        assertThat(found.reason()).contains("3 requests").contains("storage does not answer");
        DeviceCheck idle = new DeviceCheck();
        assertThat(last(0, 60, device(idle, s -> disk(false, 0, 60, 0, 0, 0))).level())
                .as("nothing to do")
                .isEqualTo(OK);
        DeviceCheck holding = new DeviceCheck();
        assertThat(last(0, 60, device(holding, s -> disk(true, 3, 60, s % 2 == 0 ? 3 : 0, s, 0)))
                        .level())
                .as("held, and let out again")
                .isEqualTo(OK);
    }

    @Test
    void outputsThatAreNotLetOut() {
        DeviceCheck check = new DeviceCheck();
        assertThat(last(0, 60, device(check, s -> disk(true, 3, 60, 3, s, 0))).level())
                .isEqualTo(OK);
        Finding found = last(61, 70, device(check, s -> disk(true, 3, 60, 3, 60, 0)));
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("3 outputs").contains("because of that");
    }

    @Test
    void aDiskThatFails() {
        DeviceCheck check = new DeviceCheck();
        assertThat(last(0, 10, device(check, s -> disk(false, 0, s, 0, 0, 0))).level())
                .isEqualTo(OK);
        Finding found = check.look(domain(DomainState.SOLO, 0, 42), disk(false, 0, 11, 0, 0, 2), seconds(11));
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("2 requests have failed");
        found = check.look(domain(DomainState.SOLO, 0, 42), disk(false, 0, 11, 0, 0, 2), seconds(11 + 60));
        assertThat(found.level()).isEqualTo(WARNING);
        found = check.look(domain(DomainState.SOLO, 0, 42), disk(false, 0, 11, 0, 0, 1), seconds(100));
        assertThat(found.level()).as("a new tap, a new failure").isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("3 requests have failed");
        found = check.look(domain(DomainState.SOLO, 0, 42), disk(false, 0, 11, 0, 0, 1), seconds(100 + 3600));
        assertThat(found.level()).isEqualTo(OK);
    }

    @Test
    void aDeviceThatIsBrokenOrAlone() {
        DeviceCheck check = new DeviceCheck();
        Finding found = last(0, 0, device(check, s -> disk("broken: bad ring", true, false, 0, 0, 0, 0, 0)));
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("bad ring");
        LongFunction<Finding> alone =
                device(check, s -> disk("waiting for the hypervisor", false, false, 0, 0, 0, 0, 0));
        assertThat(last(1, 5, alone).level()).isEqualTo(OK);
        assertThat(last(6, 6, alone).level()).isEqualTo(CRITICAL);
    }

    private static Level protection(ProtectionSettings wanted, DomainState state, int seconds) {
        ProtectionCheck check = new ProtectionCheck("east");
        return last(0, seconds, s -> check.look(domain(state, 0, 42), wanted, seconds(s))
                        .get(0))
                .level();
    }

    @Test
    void protectionAsItShouldBe() {
        assertThat(protection(WANTED, DomainState.SOLO, 4)).isEqualTo(OK);
        assertThat(protection(WANTED, DomainState.SOLO, 5)).isEqualTo(WARNING);
        ProtectionSettings alone = new ProtectionSettings(
                List.of("east"), true, FencePolicy.AUTO, AGE, Duration.ZERO, ProtectionSettings.DEFAULT.writePolicy());
        assertThat(protection(alone, DomainState.SOLO, 60)).isEqualTo(OK);
        ProtectionSettings byHand = new ProtectionSettings(
                List.of("west"), false, FencePolicy.AUTO, AGE, Duration.ZERO, ProtectionSettings.DEFAULT.writePolicy());
        assertThat(protection(byHand, DomainState.SOLO, 60)).isEqualTo(OK);
        assertThat(protection(WANTED, DomainState.SYNCING, 600)).isEqualTo(OK);
        assertThat(protection(WANTED, DomainState.PROTECTED, 600)).isEqualTo(OK);
        assertThat(protection(WANTED, DomainState.HOLDING, 4)).isEqualTo(OK);
        assertThat(protection(WANTED, DomainState.HOLDING, 5)).isEqualTo(CRITICAL);
        assertThat(protection(WANTED, DomainState.FENCING, 5)).isEqualTo(CRITICAL);
        assertThat(protection(WANTED, DomainState.FAILED, 0)).isEqualTo(CRITICAL);
        assertThat(new ProtectionCheck("east").look(domain(DomainState.STOPPED, 0, 0), WANTED, 0))
                .isEmpty();
    }

    private static Level memory(long usable, long available) {
        return HostSource.judgeMemory(Path.of("/ram"), usable, 1000, available, 1000)
                .level();
    }

    @Test
    void memoryThatRunsOut() {
        assertThat(memory(500, 500)).isEqualTo(OK);
        assertThat(memory(40, 500)).isEqualTo(WARNING);
        assertThat(memory(500, 40)).isEqualTo(WARNING);
        assertThat(memory(10, 500)).isEqualTo(CRITICAL);
        assertThat(memory(500, 10)).isEqualTo(CRITICAL);
        assertThat(memory(500, -1)).as("the kernel does not tell").isEqualTo(OK);
        assertThat(HostSource.kibibytes("MemTotal:   16 kB\nMemAvailable:    3 kB\n", "MemAvailable:"))
                .isEqualTo(3072);
    }

    @Test
    void aStateDirectoryWithoutRoom() {
        Path state = Path.of("/state");
        assertThat(HostSource.judgeState(state, "", 1L << 40).level()).isEqualTo(OK);
        assertThat(HostSource.judgeState(state, "", 100L << 20).level()).isEqualTo(WARNING);
        assertThat(HostSource.judgeState(state, "", 1L << 20).level()).isEqualTo(CRITICAL);
        Finding found = HostSource.judgeState(state, "Read-only file system", 1L << 40);
        assertThat(found.level()).isEqualTo(CRITICAL);
        assertThat(found.reason()).contains("/state").contains("Read-only file system");
    }
}
