package org.kemari.itests.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KarafConsole;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Shell;
import org.kemari.itests.lab.UnpackedKaraf;

/** The assembly as it is unpacked: it runs, and nobody gets in from outside. */
class AssemblyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PEERS = ":7171";

    private static UnpackedKaraf karaf;

    @BeforeAll
    static void start() throws Exception {
        try (Stream<Path> files = Files.list(Lab.projectRoot().resolve("features/assembly/target"))) {
            Path tarball = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
            karaf = UnpackedKaraf.unpack(Lab.shared(), "assembly", tarball);
        }
        asTheGuideSays();
        occupyThePortOfJmxUntilItIsMissed();
        karaf.start();
        Await.until(
                "Kemari's MBeans answer",
                PATIENCE,
                () -> !karaf.console().host().getName().isEmpty());
    }

    /** For a moment Karaf's JMX connector cannot begin, which is the end of it in Karaf, but not with Kemari. */
    private static void occupyThePortOfJmxUntilItIsMissed() throws IOException {
        Path log = karaf.home().resolve("data/log/karaf.log");
        ServerSocket port = new ServerSocket(1099, 1, InetAddress.getByName("127.0.0.1"));
        port.setSoTimeout(100);
        Thread thread = new Thread(
                () -> {
                    try (port) {
                        while (!Files.exists(log) || !Files.readString(log).contains("JMX connector does not serve")) {
                            hangUp(port);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "occupied-port");
        thread.setDaemon(true);
        thread.start();
    }

    private static void hangUp(ServerSocket port) throws IOException {
        try {
            port.accept().close();
        } catch (SocketTimeoutException e) {
            assertThat(port.isClosed()).isFalse();
        }
    }

    private static void asTheGuideSays() throws Exception {
        Path authority = karaf.home().resolve("ca");
        String certs = karaf.home().resolve("bin/certs").toString();
        Shell.run(List.of(certs, "init", authority.toString()));
        Shell.run(List.of(certs, "host", authority.toString(), "east"));
        Files.move(authority.resolve("east"), karaf.etc().resolve("kemari/tls"));
        Files.writeString(
                karaf.etc().resolve("org.kemari.host.cfg"),
                "name = east\npeers = east=10.0.0.1:7171, west=10.0.0.2:7171\narbiterEngine = zookeeper\n",
                StandardOpenOption.APPEND);
        Files.writeString(
                karaf.etc().resolve("org.kemari.arbiter.zookeeper.cfg"),
                "connect = 10.0.0.3:2181\n",
                StandardOpenOption.APPEND);
    }

    @AfterAll
    static void it_is_stopped_as_systemd_does() throws Exception {
        if (karaf != null) {
            try (UnpackedKaraf ending = karaf) {
                assertThat(ending.stop()).isIn(0, 143);
                ending.saveLog(Path.of("target/karaf"));
            }
        }
    }

    @Test
    void all_bundles_are_active_and_all_components_satisfied() throws Exception {
        KarafConsole console = new KarafConsole(karaf.console());
        Await.until("all are active", PATIENCE, () -> console.bundles().entrySet().stream()
                .filter(bundle -> bundle.getKey().startsWith("org.kemari."))
                .allMatch(bundle -> bundle.getValue().equals("Active")));
        assertThat(console.components()).hasSizeGreaterThan(10);
        Await.until("all components are satisfied", PATIENCE, () -> console.unsatisfiedComponents()
                .isEmpty());
    }

    @Test
    void the_ten_lines_of_the_guide_are_understood() throws Exception {
        assertThat(karaf.console().host().getName()).isEqualTo("east");
        assertThat(karaf.console().host().getPeers()).containsOnlyKeys("west");
        assertThat(karaf.console().host().getConfigurationProblems()).isEmpty();
        assertThat(karaf.console().arbiter().getEngine()).isEqualTo("zookeeper");
        assertThat(karaf.console().arbiter().getReason()).contains("10.0.0.3:2181");
        assertThat(Files.readString(karaf.home().resolve("data/log/karaf.log")))
                .doesNotContain("There are no links between hosts");
    }

    @Test
    void only_peers_can_connect_from_outside() throws Exception {
        Await.until("peers can connect", PATIENCE, () -> karaf.listening().stream()
                .anyMatch(address -> address.endsWith(PEERS)));
        Await.until("the shell can be reached", PATIENCE, () -> karaf.listening().stream()
                .anyMatch(address -> address.endsWith(":8101")));
        Await.until("the page can be reached", PATIENCE, () -> karaf.listening().stream()
                .anyMatch(address -> address.endsWith(":8181")));
        assertThat(karaf.listening())
                .filteredOn(address -> !address.endsWith(PEERS))
                .allSatisfy(address -> assertThat(address).matches("(\\[?(::ffff:)?127\\.0\\.0\\.1]?|\\[::1]):\\d+"));
    }

    @Test
    void there_is_no_user_that_everybody_knows() throws Exception {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi://127.0.0.1:44444/jndi/rmi://127.0.0.1:1099/karaf-root");
        assertThatThrownBy(() -> JMXConnectorFactory.connect(
                        url, Map.of(JMXConnector.CREDENTIALS, new String[] {"karaf", "karaf"})))
                .isInstanceOf(SecurityException.class);
    }

    @Test
    void java_is_run_as_the_guide_says() throws Exception {
        ObjectName runtime = new ObjectName("java.lang:type=Runtime");
        TabularData properties = (TabularData) karaf.console().server().getAttribute(runtime, "SystemProperties");
        assertThat(value(properties, "jna.tmpdir"))
                .isEqualTo(karaf.home().resolve("data/tmp").toString());
        List<String> arguments =
                Arrays.asList((String[]) karaf.console().server().getAttribute(runtime, "InputArguments"));
        assertThat(arguments).contains("-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
    }

    private static Object value(TabularData table, String key) {
        CompositeData row = table.get(new Object[] {key});
        return row == null ? null : row.get("value");
    }

    @Test
    void it_becomes_a_service(@TempDir Path units) throws Exception {
        Shell.run(List.of(karaf.home().resolve("bin/install-service").toString(), units.toString()));
        String unit = Files.readString(units.resolve("kemari.service"));
        assertThat(unit)
                .doesNotContain("@")
                .contains("ExecStart=" + karaf.home().resolve("bin/karaf") + " daemon")
                .contains("KillMode=process");
        for (String script : new String[] {"bin/karaf", "bin/stop"}) {
            assertThat(karaf.home().resolve(script)).isExecutable();
        }
        assertThat(karaf.home().resolve("GUIDE.md")).isNotEmptyFile();
        Shell.Result verdict = Shell.tryRun(List.of(
                "sh",
                "-c",
                "command -v systemd-analyze >/dev/null || exit 0; systemd-analyze verify "
                        + units.resolve("kemari.service")));
        assertThat(verdict.text()).as("systemd's opinion").doesNotContain("kemari.service:");
    }
}
