package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostBundles;
import org.kemari.itests.lab.KarafConsole;
import org.kemari.itests.lab.KemariHost;

/**
 * Bundles are updated to another release, one after the other and one host after the other, and back, while a guest serves a
 * client and is protected: hosts of both releases work together on the way.
 */
class NextReleaseIT extends ServingCase {
    /** By their last names, with the packages of their internal classes. */
    private static final Map<String, String> INTERNALS =
            Map.of("event-tap", "org.kemari.eventtap.internal", "state-transfer", "org.kemari.statetransfer.internal");

    private static final List<String> BUNDLES = List.of("event-tap", "state-transfer");

    private final Map<String, String> versions = new HashMap<>();

    @TempDir
    private Path releases;

    @Test
    void a_new_release_comes_and_goes_again() throws Exception {
        for (String bundle : BUNDLES) {
            NextRelease.make(shipped(bundle), INTERNALS.get(bundle), next(bundle), release(bundle));
            versions.put(bundle, bundles(guests.east()).version(HotSwap.symbolicName(bundle)));
        }
        whileServing("release", (domain, swap) -> {
            for (KemariHost host : List.of(guests.east(), guests.west())) {
                for (String bundle : BUNDLES) {
                    update(swap, host, bundle, release(bundle));
                    assertRuns(host, bundle, NextRelease.VERSION, next(bundle), INTERNALS.get(bundle));
                }
            }
            for (KemariHost host : List.of(guests.east(), guests.west())) {
                for (String bundle : BUNDLES) {
                    update(swap, host, bundle, shipped(bundle));
                    assertRuns(host, bundle, versions.get(bundle), INTERNALS.get(bundle), next(bundle));
                }
            }
        });
    }

    /** Other tests have these hosts, too. */
    @AfterEach
    void back() throws IOException {
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            for (String bundle : versions.keySet()) {
                String name = HotSwap.symbolicName(bundle);
                if (host.isRunning() && !bundles(host).version(name).equals(versions.get(bundle))) {
                    bundles(host).update(name, shipped(bundle).toUri());
                }
            }
        }
    }

    private static void update(HotSwap swap, KemariHost host, String bundle, Path to)
            throws IOException, TimeoutException {
        URI location = to.toUri();
        HotSwap.Outcome outcome =
                swap.exchange(host, bundle, bundles -> bundles.update(HotSwap.symbolicName(bundle), location));
        say("update of " + bundle + " to " + to.getFileName(), host.name(), outcome);
    }

    /** Asserts that a bundle has a version, that its components are of one package, and that nothing runs of another. */
    private static void assertRuns(
            KemariHost host, String bundle, String version, String packageName, String otherPackage)
            throws IOException, JMException, TimeoutException {
        assertThat(bundles(host).version(HotSwap.symbolicName(bundle))).isEqualTo(version);
        KarafConsole console = new KarafConsole(host.console());
        assertThat(console.components())
                .anyMatch(name -> name.startsWith(packageName + "."))
                .noneMatch(name -> name.startsWith(otherPackage + "."));
        assertThat(console.unsatisfiedComponents()).isEmpty();
        List<String> left = new ArrayList<>();
        Await.until("nothing runs of " + otherPackage, PATIENCE, () -> {
            left.clear();
            left.addAll(console.placesIn(otherPackage));
            return left.isEmpty();
        });
    }

    private static HostBundles bundles(KemariHost host) {
        return new HostBundles(host.console());
    }

    private static String next(String bundle) {
        return INTERNALS.get(bundle).replace(".internal", ".renewed");
    }

    private Path release(String bundle) {
        return releases.resolve(bundle + "-" + NextRelease.VERSION + ".jar");
    }

    /** Where the assembly has it. */
    private Path shipped(String bundle) throws IOException {
        Path repository = guests.lab().root().resolve("features/assembly/target/assembly/system/org/kemari");
        try (Stream<Path> files = Files.walk(repository.resolve("kemari-" + bundle))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
