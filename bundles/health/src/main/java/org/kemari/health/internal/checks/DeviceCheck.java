package org.kemari.health.internal.checks;

import static org.kemari.health.internal.checks.Unchanged.reached;

import java.time.Duration;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;

/** Does a tapped device of a running guest do its work? Pure. */
final class DeviceCheck {
    private final Unchanged<Boolean> connected = new Unchanged<>();
    /** Completions, or empty times without anything to do. */
    private final Unchanged<Long> completions = new Unchanged<>();

    private final Unchanged<Long> releases = new Unchanged<>();
    /** Failed requests as first seen, and the number and time of those since. */
    private long knownErrors = -1;

    private long newErrors;
    private long errorNanos;

    Finding look(DomainStatus domain, DeviceStatus device, long nanos) {
        String subject = "domain " + domain.name() + ": device " + device.device();
        Duration disconnected = connected.is(device.connected(), nanos);
        // Something that changes all the time stands for a device with nothing to complete, or nothing to release.
        long done = device.reads() + device.writes() + device.flushes();
        Duration stuck = completions.is(device.inFlight() > 0 && !device.holding() ? done : -nanos, nanos);
        Duration held = releases.is(device.heldOutputs() > 0 ? device.hold().count() : -nanos, nanos);
        countErrors(device, nanos);
        Duration sinceError = Duration.ofNanos(nanos - errorNanos);

        if (device.state().startsWith("broken")) {
            return Finding.critical(
                    subject, device.state() + "; the guest gets no answers: switch over, or restart it");
        }
        if (!device.connected() && reached(disconnected, Limits.DEVICE_DISCONNECTED)) {
            return Finding.critical(
                    subject,
                    "the hypervisor has not been connected for " + disconnected.toSeconds() + " s (" + device.state()
                            + "), the guest gets no answers: look at the hypervisor's log");
        }
        if (reached(stuck, Limits.DEVICE_STUCK)) {
            return Finding.critical(
                    subject,
                    device.inFlight() + " requests, and none completed for " + stuck.toSeconds()
                            + " s: the storage does not answer; look at the kernel log, and switch over if the other host's"
                            + " storage is whole");
        }
        if (reached(held, Limits.DEVICE_STUCK)) {
            return Finding.critical(
                    subject,
                    device.heldOutputs() + " outputs, and none let out for " + held.toSeconds() + " s: the domain is "
                            + domain.state() + ": " + domain.reason());
        }
        if (newErrors > 0 && !reached(sinceError, Limits.ERRORS_OLD)) {
            String what = newErrors + " requests have failed, the last one " + sinceError.toSeconds() + " s ago: "
                    + (device.kind() == DeviceKind.BLOCK
                            ? "look at this host's storage and kernel log, and switch over if it is not whole"
                            : "look at this host's bridge and TAP device");
            return reached(sinceError, Limits.ERRORS_NEW)
                    ? Finding.warning(subject, what)
                    : Finding.critical(subject, what);
        }
        return Finding.ok(subject, device.state());
    }

    private void countErrors(DeviceStatus device, long nanos) {
        if (knownErrors < 0 || device.errors() < knownErrors) {
            knownErrors = 0; // a new tap counts anew
        }
        if (device.errors() > knownErrors) {
            newErrors += device.errors() - knownErrors;
            errorNanos = nanos;
        }
        knownErrors = device.errors();
    }
}
