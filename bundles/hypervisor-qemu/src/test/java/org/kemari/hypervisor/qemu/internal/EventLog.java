package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.hypervisor.VmListener;

/** What a listener was told, in order. */
final class EventLog implements VmListener {
    private final List<Object> told = new CopyOnWriteArrayList<>();

    @Override
    public void guestReset() {
        told.add("reset");
    }

    @Override
    public void guestPanicked() {
        told.add("panicked");
    }

    @Override
    public void exited(VmExit exit) {
        told.add(exit);
    }

    List<Object> told() {
        return told;
    }

    void awaitTold(String what) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(told).contains(what));
    }

    VmExit awaitExit() {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(told).hasAtLeastOneElementOfType(VmExit.class));
        assertThat(told).filteredOn(VmExit.class::isInstance).hasSize(1);
        assertThat(told.get(told.size() - 1)).isInstanceOf(VmExit.class);
        return (VmExit) told.get(told.size() - 1);
    }
}
