package org.kemari.itests.framework;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.itests.lab.Lab;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * All bundles in a plain framework with Declarative Services, without Karaf: everything resolves, starts and is seen. All but
 * the commands for Karaf's shell and the page, which wants Karaf's guard, that is.
 */
class EmbeddedFelixTest {
    private static final Path LIST = Lab.projectRoot().resolve("features/FELIX.md");
    /** As there, and the packages that this test shares with the bundles. */
    private static final String FROM_OUTSIDE = "org.osgi.service.component;version=1.5.1,"
            + "org.osgi.service.component.runtime;version=1.5.1,"
            + "org.osgi.service.component.runtime.dto;version=1.5.1,"
            + "org.osgi.service.cm;version=1.6.1,"
            + "javax.xml.bind";

    @TempDir
    static Path directory;

    private static Framework framework;
    private static final List<Bundle> ours = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        directory.resolve("cache").toString(),
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        FROM_OUTSIDE,
                        "felix.cm.dir",
                        directory.resolve("cm").toString()));
        framework.start();
        BundleContext context = framework.getBundleContext();
        context.registerService(MBeanServer.class, ManagementFactory.getPlatformMBeanServer(), null);
        List<Bundle> all = new ArrayList<>();
        for (String coordinates : listed()) {
            Bundle bundle = context.installBundle(file(coordinates).toUri().toString());
            all.add(bundle);
            if (coordinates.startsWith("org.kemari:")) {
                ours.add(bundle);
            }
        }
        for (Bundle bundle : all) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        configure(context);
    }

    /** Maven coordinates, as the document lists them. */
    private static List<String> listed() throws IOException {
        return Files.readString(LIST).split("```\\R?")[1].lines().toList();
    }

    /** A bundle's file: of the framework's own, or of those that are on the class path. */
    private static Path file(String coordinates) {
        String[] parts = coordinates.split(":");
        Path own = Path.of("target/framework", parts[1] + ".jar");
        if (Files.exists(own)) {
            return own;
        }
        String name = parts[1] + "-" + (parts.length > 2 ? Pattern.quote(parts[2]) : "[0-9].*") + "\\.jar";
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .filter(entry -> entry.getFileName().toString().matches(name))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError(LIST + " names " + coordinates + ", which the build does not have"));
    }

    private static void configure(BundleContext context) throws IOException {
        ConfigurationAdmin admin = service(context, ConfigurationAdmin.class);
        Dictionary<String, Object> settings = new Hashtable<>();
        settings.put("name", "here");
        settings.put("listen", "127.0.0.1:" + freePort());
        settings.put("peers", "there=127.0.0.1:" + freePort());
        settings.put("runRoot", directory.resolve("run").toString());
        settings.put("stateRoot", directory.resolve("state").toString());
        settings.put("ramRoot", directory.resolve("ram").toString());
        settings.put(
                "domainDirectory",
                Files.createDirectories(directory.resolve("domains")).toString());
        // its arbiter is a server of its own, as on a witness host
        settings.put("arbiterEngine", "zookeeper");
        admin.getConfiguration("org.kemari.host", "?").update(settings);
        String server = "127.0.0.1:" + freePort();
        Dictionary<String, Object> witness = new Hashtable<>();
        witness.put("clientAddress", server);
        witness.put("dataDirectory", directory.resolve("zookeeper").toString());
        admin.getConfiguration("org.kemari.arbiter.zookeeper.server", "?").update(witness);
        Dictionary<String, Object> ensemble = new Hashtable<>();
        ensemble.put("connect", server);
        admin.getConfiguration("org.kemari.arbiter.zookeeper", "?").update(ensemble);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static <T> T service(BundleContext context, Class<T> type) {
        await().atMost(Duration.ofSeconds(20)).until(() -> context.getServiceReference(type) != null);
        return context.getService(context.getServiceReference(type));
    }

    @AfterAll
    static void stop() throws Exception {
        if (framework != null) {
            framework.stop();
            framework.waitForStop(20_000);
        }
    }

    @Test
    void the_list_tells_the_versions() {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            String file = bundle.getLocation().replaceAll(".*/|\\.jar$", "");
            Path own = Path.of("target/framework", file + ".jar");
            if (Files.exists(own)) {
                Version version = bundle.getVersion();
                assertThat(LIST)
                        .content()
                        .containsPattern(":" + Pattern.quote(file) + ":" + version.getMajor() + "\\."
                                + version.getMinor() + "\\." + version.getMicro() + "\\R");
            }
        }
    }

    @Test
    void all_bundles_are_active() throws IOException {
        try (Stream<Path> sources = Files.list(Path.of("../../bundles"))) {
            assertThat(ours).hasSize((int) sources.filter(b -> Files.isRegularFile(b.resolve("pom.xml")))
                    .filter(b -> !b.endsWith("shell") && !b.endsWith("page"))
                    .count());
        }
        assertThat(ours).allSatisfy(bundle -> assertThat(bundle.getState())
                .as(bundle.getSymbolicName())
                .isEqualTo(Bundle.ACTIVE));
    }

    @Test
    void all_components_are_satisfied() {
        ServiceComponentRuntime runtime = service(framework.getBundleContext(), ServiceComponentRuntime.class);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            List<String> unsatisfied = new ArrayList<>();
            int count = 0;
            for (ComponentDescriptionDTO description :
                    runtime.getComponentDescriptionDTOs(ours.toArray(new Bundle[0]))) {
                count++;
                var configurations = runtime.getComponentConfigurationDTOs(description);
                if (configurations.isEmpty()) {
                    unsatisfied.add(description.name + " has no configuration");
                }
                for (ComponentConfigurationDTO configuration : configurations) {
                    if (configuration.state != ComponentConfigurationDTO.ACTIVE
                            && configuration.state != ComponentConfigurationDTO.SATISFIED) {
                        unsatisfied.add(description.name + " is in state " + configuration.state + ": "
                                + configuration.failure);
                    }
                }
            }
            assertThat(count).isGreaterThan(5);
            assertThat(unsatisfied).isEmpty();
        });
    }

    @Test
    void the_host_is_seen_by_consoles() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName host = new ObjectName("org.kemari:type=Host");
        await().atMost(Duration.ofSeconds(30)).until(() -> server.isRegistered(host));
        assertThat(server.getAttribute(host, "Name")).isEqualTo("here");
        ObjectName arbiter = new ObjectName("org.kemari:type=Arbiter");
        await().atMost(Duration.ofSeconds(30)).until(() -> server.isRegistered(arbiter));
        assertThat(server.getAttribute(arbiter, "Engine")).isEqualTo("zookeeper");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.isRegistered(new ObjectName("org.kemari:type=HealthMonitor,peer=there")));
    }

    @Test
    void health_checks_are_services() throws Exception {
        BundleContext context = framework.getBundleContext();
        String checks = "org.apache.felix.hc.api.HealthCheck";
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(context.getAllServiceReferences(checks, "(hc.tags=kemari)"))
                        .extracting(reference -> reference.getProperty("hc.name"))
                        .containsExactlyInAnyOrder("Kemari host", "Kemari arbiter", "Kemari peer there"));
        ServiceReference<?> peer = context.getAllServiceReferences(checks, "(hc.name=Kemari peer there)")[0];
        Method execute = peer.getBundle().loadClass(checks).getMethod("execute");
        Object check = context.getService(peer);
        // the peer is known by the configuration before anybody watches it
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(execute.invoke(check).toString()).contains("WARN", "peer there is UNKNOWN"));
    }
}
