package org.kemari.management.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.DynamicMBean;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.management.ArbiterMXBean;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.HealthMonitorMXBean;
import org.kemari.api.management.HostMXBean;
import org.kemari.api.management.RingRestorationMXBean;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;

/** Which MBeans there are. Used by one thread. */
final class Inventory {
    private final Sources sources;
    private final Registrar registrar;
    private final String version;
    private final Announcer announcer = new Announcer();
    private final CheckLevels levels = new CheckLevels();
    private final Map<String, Shown> shown = new LinkedHashMap<>();

    /** An MBean that is registered, and what sends its notifications. */
    private record Shown(Runnable unregister, Announcer.Emitter emitter) {}

    /** An MBean that there should be. */
    private record Wanted(Announcer.Emitter emitter, Supplier<DynamicMBean> mbean) {}

    Inventory(Sources sources, Registrar registrar, String version) {
        this.sources = sources;
        this.registrar = registrar;
        this.version = version;
    }

    /** Registers what has come and unregisters what has gone. */
    void reconcile() {
        Map<String, Wanted> wanted = wanted();
        List<String> gone = shown.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .toList();
        gone.forEach(name -> shown.remove(name).unregister().run());
        wanted.forEach((name, want) -> {
            if (!shown.containsKey(name)) {
                Runnable unregister = registrar.register(name, want.mbean().get());
                shown.put(name, new Shown(unregister, want.emitter()));
            }
        });
    }

    /** Announces the checks whose level has changed since the last look. */
    void lookAtChecks() {
        sources.health()
                .map(h -> levels.changed(h.checks(), System.currentTimeMillis()))
                .orElse(List.of())
                .forEach(check -> announcer.checkChanged(check, emitters(ObjectNames.HOST)));
    }

    void domainChanged(DomainStatus before, DomainStatus now) {
        reconcile();
        announcer.domainChanged(before, now, emitters(ObjectNames.domain(now.name())));
    }

    void peerChanged(PeerHealth health) {
        reconcile();
        announcer.peerChanged(health, emitters(ObjectNames.health(health.peer())));
    }

    void clear() {
        List<Shown> all = List.copyOf(shown.values());
        shown.clear();
        all.forEach(s -> s.unregister().run());
    }

    private List<Announcer.Emitter> emitters(String objectName) {
        List<Announcer.Emitter> emitters = new ArrayList<>();
        for (String name : new LinkedHashSet<>(List.of(objectName, ObjectNames.HOST))) {
            if (shown.containsKey(name)) {
                emitters.add(shown.get(name).emitter());
            }
        }
        return emitters;
    }

    private Map<String, Wanted> wanted() {
        Map<String, Wanted> all = new LinkedHashMap<>();
        want(all, Announcer.hostEmitter(), HostMXBean.class, () -> new HostBean(sources, version));
        want(all, silent(ObjectNames.ARBITER), ArbiterMXBean.class, () -> new ArbiterBean(sources));
        sources.protection().ifPresent(p -> p.domains().forEach(status -> wantDomain(all, status)));
        sources.health().ifPresent(h -> h.peers()
                .forEach(peer -> want(
                        all,
                        Announcer.peerEmitter(peer.peer()),
                        HealthMonitorMXBean.class,
                        () -> new HealthMonitorBean(peer, sources))));
        return all;
    }

    private void wantDomain(Map<String, Wanted> all, DomainStatus status) {
        String name = status.name();
        want(all, Announcer.domainEmitter(name), DomainMXBean.class, () -> new DomainBean(name, sources));
        status.devices()
                .forEach(device -> want(
                        all,
                        silent(ObjectNames.eventTap(name, device.device())),
                        EventTapMXBean.class,
                        () -> new EventTapBean(name, device, sources)));
        status.transfer()
                .ifPresent(transfer -> want(
                        all,
                        silent(ObjectNames.stateTransfer(name)),
                        StateTransferMXBean.class,
                        () -> new StateTransferBean(name, transfer, sources)));
        if (status.role() != Role.NONE) {
            want(
                    all,
                    silent(ObjectNames.ringRestoration(name)),
                    RingRestorationMXBean.class,
                    () -> new RingRestorationBean(name, status.restoration(), sources));
        }
    }

    private static <T> void want(
            Map<String, Wanted> all, Announcer.Emitter emitter, Class<T> type, Supplier<T> implementation) {
        all.put(
                emitter.objectName(),
                new Wanted(emitter, () -> new DescribedMBean<>(implementation.get(), type, emitter)));
    }

    private static Announcer.Emitter silent(String objectName) {
        return new Announcer.Emitter(objectName);
    }
}
