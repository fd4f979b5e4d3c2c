package org.kemari.health.internal.checks;

import static org.kemari.health.internal.checks.Unchanged.reached;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.health.internal.checks.ProcessSample.ThreadSample;

/**
 * Does a guest get on, as far as its hypervisor process shows? Pure. A spinning guest kernel cannot be told from a busy one
 * and is not looked for.
 */
final class GuestCheck {
    private record Condition(long pid, char state) {}

    private final Unchanged<Condition> condition = new Unchanged<>();
    private final Unchanged<Long> cpus = new Unchanged<>();
    private Map<Long, Unchanged<Long>> blocked = new HashMap<>();

    /** @param process the domain's hypervisor, empty if it is not there */
    Finding look(DomainStatus domain, Optional<ProcessSample> process, long nanos) {
        String subject = "domain " + domain.name() + ": guest";
        char state = process.map(ProcessSample::state).orElse('-');
        Duration time = condition.is(new Condition(domain.pid(), isHalted(state) ? state : 'R'), nanos);
        if (isHalted(state)) {
            return reached(time, Limits.PROCESS_STOPPED)
                    ? Finding.critical(subject, halted(domain, state, time))
                    : Finding.ok(subject, "process " + domain.pid() + " is being watched");
        }
        Optional<String> inKernel = longestBlocked(process.orElseThrow(), nanos);
        if (inKernel.isPresent()) {
            return Finding.critical(subject, inKernel.get());
        }
        Duration idle = cpus.is(cpuTime(process.orElseThrow()), nanos);
        if (isExpectedToRun(domain) && hasCpus(process.orElseThrow()) && reached(idle, Limits.CPUS_IDLE)) {
            return Finding.warning(
                    subject,
                    "its virtual CPUs have not run for " + idle.toSeconds() + " s: the guest has halted or hung, or was"
                            + " paused by somebody else than Kemari; look at its console, and restart the domain if it is"
                            + " dead");
        }
        return Finding.ok(subject, "process " + domain.pid() + " runs");
    }

    private static boolean isHalted(char state) {
        return state == '-' || state == 'T' || state == 't';
    }

    private static String halted(DomainStatus domain, char state, Duration time) {
        String process = "hypervisor process " + domain.pid();
        return switch (state) {
            case 'T' -> process + " has been stopped by a signal for " + time.toSeconds()
                    + " s: the guest stands still;" + " continue it with kill -CONT " + domain.pid();
            case 't' -> process + " has been stopped by a debugger for " + time.toSeconds()
                    + " s: the guest stands still;" + " let the debugger continue or detach";
            default -> process + " is gone, but the domain is said to be " + domain.state()
                    + "; stop the domain and start it again";
        };
    }

    /** A thread that has been waiting in the kernel for too long without running in between. */
    private Optional<String> longestBlocked(ProcessSample process, long nanos) {
        Map<Long, Unchanged<Long>> next = new HashMap<>();
        Optional<String> found = Optional.empty();
        for (ThreadSample thread : process.threads()) {
            if (thread.state() != 'D') {
                continue;
            }
            Unchanged<Long> ran = blocked.getOrDefault(thread.id(), new Unchanged<>());
            next.put(thread.id(), ran);
            Duration time = ran.is(thread.ranNanos(), nanos);
            if (found.isEmpty() && reached(time, Limits.PROCESS_BLOCKED)) {
                found = Optional.of("thread '" + thread.name() + "' of hypervisor process " + process.pid()
                        + " has been waiting in this host's kernel for " + time.toSeconds()
                        + " s, most likely for storage or memory; look at the kernel log");
            }
        }
        blocked = next;
        return found;
    }

    /** As QEMU names the threads of virtual CPUs: {@code CPU 0/KVM}, {@code ALL CPUs/TCG}. */
    private static boolean isCpu(ThreadSample thread) {
        return thread.name().startsWith("CPU ") || thread.name().startsWith("ALL CPUs");
    }

    private static boolean hasCpus(ProcessSample process) {
        return process.threads().stream().anyMatch(GuestCheck::isCpu);
    }

    private static long cpuTime(ProcessSample process) {
        return process.threads().stream()
                .filter(GuestCheck::isCpu)
                .mapToLong(ThreadSample::ranNanos)
                .sum();
    }

    /** Whether the guest runs here at present, as far as Kemari wants it. */
    static boolean isExpectedToRun(DomainStatus domain) {
        return domain.role() == Role.PRIMARY
                && domain.state() != DomainState.STOPPED
                && domain.state() != DomainState.STARTING
                && domain.state() != DomainState.FAILED;
    }
}
