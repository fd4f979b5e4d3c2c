package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.Hypervisor;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.ImageRings;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.restoration.RingRestoration;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.EventTap;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.api.transfer.TransferVolume;

class ManagedDomainTest {
    @TempDir
    Path directory;

    /** A service that does nothing, but for the methods named here. */
    private static <T> T idle(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) {
                        return answers.get(method.getName());
                    }
                    Class<?> result = method.getReturnType();
                    return result == boolean.class
                            ? (Object) false
                            : result == long.class ? (Object) 0L : result == int.class ? (Object) 0 : null;
                }));
    }

    private Services services() {
        HostSettings host = new HostSettings(
                "west",
                List.of(),
                Map.of(),
                directory,
                directory,
                directory,
                directory,
                "qemu",
                "file",
                directory,
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                FenceSettings.NONE,
                true);
        DomainPaths paths = DomainPaths.of(directory, directory, directory, "web");
        VirtualMachine vm = idle(VirtualMachine.class, Map.of("isAlive", true));
        DomainTap tap = idle(DomainTap.class, Map.of("status", List.of()));
        ImageRings rings = idle(ImageRings.class, Map.of("status", RestorationStatus.NONE));
        return new Services(
                idle(KemariConfiguration.class, Map.of("host", host, "paths", paths)),
                idle(Hypervisor.class, Map.of("launch", vm)),
                idle(EventTap.class, Map.of("open", tap)),
                idle(RingRestoration.class, Map.of("open", rings)),
                idle(StateTransfer.class, Map.of()),
                () -> idle(Arbiter.class, Map.of("read", Optional.empty())),
                new Fences(() -> FenceSettings.NONE),
                Set::of,
                () -> false,
                Runnable::run);
    }

    private static IncomingSession session() {
        LatencySummary none = LatencySummary.EMPTY;
        TransferStatus status = new TransferStatus(
                "east", 7, false, 0, 0, 0, 0, 0, 0, 0, 0, "", none, none, none, none, none, TransferVolume.NONE);
        return idle(
                IncomingSession.class,
                Map.of("status", status, "progress", SyncProgress.NONE, "seal", Optional.empty()));
    }

    private static StandbyOffer offer(long session) {
        DomainIdentity identity = new DomainIdentity(
                "web",
                new MachineIdentity("qemu", "7.2", "q35", "qemu64", "tcg"),
                1 << 20,
                1,
                "kernel",
                List.of(),
                List.of());
        return new StandbyOffer("east", identity, 1, session, Optional.empty());
    }

    private static DomainDefinition definition() {
        return new DomainDefinition(
                "web",
                1 << 20,
                1,
                "q35",
                "",
                Accelerator.AUTO,
                new Boot.Kernel(Path.of("vmlinuz"), Optional.empty(), ""),
                List.of(),
                List.of(),
                Optional.empty(),
                false,
                ProtectionSettings.DEFAULT);
    }

    /** A standby whose session ends is often followed by the next one at once: its late end must not end that one. */
    @Test
    void theEndOfASupersededStandbyIsNotTheEndOfTheNext() throws Exception {
        ManagedDomain domain = new ManagedDomain("web", services(), (before, now) -> {});
        StandbySlot first = domain.admit(definition(), offer(7), session());
        Thread conductor = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("kemari-conductor-web"))
                .findFirst()
                .orElseThrow();
        synchronized (domain) {
            first.farewell(Farewell.UNPROTECTED, "");
            Awaitility.await().until(() -> conductor.getState() == Thread.State.BLOCKED);
            domain.admit(definition(), offer(8), session());
        }
        conductor.join();
        assertThat(domain.status().role()).isEqualTo(Role.STANDBY);
        assertThat(domain.status().state()).isEqualTo(DomainState.RECEIVING);
        assertThat(domain.status().session()).isEqualTo(8);
        domain.letGo();
    }
}
