package org.kemari.management.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.management.MBeanNotificationInfo;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.management.ArbiterMXBean;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.HealthMonitorMXBean;
import org.kemari.api.management.HostMXBean;
import org.kemari.api.management.RingRestorationMXBean;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.api.management.ThresholdsMXBean;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;

/** Which MBeans there are. Used by one thread. */
final class Inventory {
    private final Sources sources;
    private final Registrar registrar;
    private final String version;
    private final Histories histories;
    private final Announcer announcer;
    private final Map<String, Shown> shown = new LinkedHashMap<>();

    /** An MBean that is registered, and what sends its notifications. */
    private record Shown(Runnable unregister, Emitter emitter) {}

    Inventory(Sources sources, Registrar registrar, String version, Clock clock) {
        this.sources = sources;
        this.registrar = registrar;
        this.version = version;
        this.histories = new Histories(clock);
        this.announcer = new Announcer(
                sources, name -> Optional.ofNullable(shown.get(name)).map(Shown::emitter), histories, clock);
    }

    /** Registers what has come and unregisters what has gone. */
    void reconcile() {
        Map<String, Supplier<Shown>> wanted = wanted();
        List<String> gone = shown.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .toList();
        gone.forEach(name -> shown.remove(name).unregister().run());
        wanted.forEach((name, show) -> {
            if (!shown.containsKey(name)) {
                shown.put(name, show.get());
            }
        });
    }

    /** Finds and announces what nobody tells. */
    void look() {
        reconcile();
        announcer.look();
    }

    void domainChanged(DomainStatus before, DomainStatus now) {
        histories.of(before);
        reconcile();
        announcer.domainChanged(before, now);
    }

    void peerChanged(PeerHealth health) {
        reconcile();
        announcer.peerChanged(health);
    }

    void clear() {
        List<Shown> all = List.copyOf(shown.values());
        shown.clear();
        all.forEach(s -> s.unregister().run());
    }

    private Map<String, Supplier<Shown>> wanted() {
        Map<String, Supplier<Shown>> all = new LinkedHashMap<>();
        want(
                all,
                ObjectNames.HOST,
                HostMXBean.class,
                () -> new HostBean(sources, histories, version),
                NotificationInfos.host());
        want(
                all,
                ObjectNames.ARBITER,
                ArbiterMXBean.class,
                () -> new ArbiterBean(sources),
                NotificationInfos.arbiter());
        want(
                all,
                ObjectNames.THRESHOLDS,
                ThresholdsMXBean.class,
                () -> new ThresholdsBean(sources.thresholds(), announcer.violations()),
                NotificationInfos.thresholds());
        sources.protection().ifPresent(p -> wantDomains(all, p.domains()));
        sources.health().ifPresent(h -> h.peers()
                .forEach(peer -> want(
                        all,
                        ObjectNames.health(peer.peer()),
                        HealthMonitorMXBean.class,
                        () -> new HealthMonitorBean(peer, sources),
                        NotificationInfos.peer())));
        return all;
    }

    private void wantDomains(Map<String, Supplier<Shown>> all, List<DomainStatus> domains) {
        histories.retain(domains.stream().map(DomainStatus::name).toList());
        domains.forEach(status -> wantDomain(all, status));
    }

    private void wantDomain(Map<String, Supplier<Shown>> all, DomainStatus status) {
        String name = status.name();
        DomainHistory history = histories.of(status);
        history.look(status);
        want(
                all,
                ObjectNames.domain(name),
                DomainMXBean.class,
                () -> new DomainBean(name, sources, history),
                NotificationInfos.domain());
        status.devices()
                .forEach(device -> want(
                        all,
                        ObjectNames.eventTap(name, device.device()),
                        EventTapMXBean.class,
                        () -> new EventTapBean(name, device, sources)));
        status.transfer()
                .ifPresent(transfer -> want(
                        all,
                        ObjectNames.stateTransfer(name),
                        StateTransferMXBean.class,
                        () -> new StateTransferBean(name, transfer, sources)));
        if (status.role() != Role.NONE) {
            want(
                    all,
                    ObjectNames.ringRestoration(name),
                    RingRestorationMXBean.class,
                    () -> new RingRestorationBean(name, status.restoration(), sources));
        }
    }

    private <T> void want(
            Map<String, Supplier<Shown>> all,
            String objectName,
            Class<T> type,
            Supplier<T> implementation,
            MBeanNotificationInfo... infos) {
        all.put(objectName, () -> {
            Emitter emitter = announcer.emitter(objectName, infos);
            Runnable unregister =
                    registrar.register(objectName, new DescribedMBean<>(implementation.get(), type, emitter));
            return new Shown(unregister, emitter);
        });
    }
}
