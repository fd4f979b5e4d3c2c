package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostBundles;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/**
 * Every setting changes while a host runs, or is said to be in force later; mistakes are refused and harm nobody: a guest
 * is protected meanwhile, and stays so.
 */
class SettingsIT extends GuestCase {
    private static final String FILES = "org.apache.felix.fileinstall";
    private static final String HOST = "org.kemari.host";
    private static final String LINK = "org.kemari.link";
    private static final String PAGE = "org.kemari.page";
    private static final String TRANSFER = "org.kemari.transfer";
    private static final String MANAGEMENT = "org.kemari.management";
    private static final String ENSEMBLE = "org.kemari.arbiter.zookeeper";
    private static final String SERVER = "org.kemari.arbiter.zookeeper.server";

    private final KemariHost east = guests.east();
    private final Map<Path, String> files = new HashMap<>();
    private SettingsTrial trial;
    private HostBundles bundles;

    @BeforeEach
    void remember() throws IOException {
        for (String pid : List.of(HOST, LINK, TRANSFER, MANAGEMENT, PAGE, ENSEMBLE)) {
            Path file = east.files().etc().resolve(pid + ".cfg");
            files.put(file, Files.readString(file));
        }
        trial = new SettingsTrial(east);
        bundles = new HostBundles(east.console());
        bundles.stop(FILES);
    }

    /**
     * Karaf writes what its MBean changes into the file, and what looks at the files every second may read one that is half
     * written, or take back what was just set. Operators are not that fast; this test is, so only one of the two is at work.
     */
    private void withFiles(Step step) throws Exception {
        bundles.start(FILES);
        step.run();
        bundles.stop(FILES);
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Also of a test that has failed; the next one shares the host. */
    @AfterEach
    void restore() throws Exception {
        bundles.start(FILES);
        Files.deleteIfExists(east.files().etc().resolve(SERVER + ".cfg"));
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Files.writeString(file.getKey(), file.getValue());
        }
        Await.until("all is as before", PATIENCE, () -> trial.problems().isEmpty());
    }

    @Test
    void all_settings_change_while_a_guest_is_protected() throws Exception {
        DomainSpec domain = domain("settings").commandLine("kemari.data=none");
        DomainMXBean bean = east.console().domain(domain.name());
        try (GuestControl control = startGuest(domain, east)) {
            String boot = control.bootId();
            protect(domain, east);
            long session = bean.getSession();
            long generation = bean.getGeneration();

            host();
            paths();
            transfer();
            management();
            page();
            links();
            witness();
            domainFile(domain);

            assertThat(bean.getState()).isEqualTo("PROTECTED");
            assertThat(bean.getSession()).as("the same session").isEqualTo(session);
            assertThat(bean.getGeneration()).isEqualTo(generation);
            assertThat(bean.getTakeoverCount()).isZero();
            long epoch = bean.getEpoch();
            Await.until("checkpoints go on", PATIENCE, () -> bean.getEpoch() > epoch + 1);
            assertThat(control.bootId()).isEqualTo(boot);
        }
        assertThat(trial.tried()).as("every setting").isEqualTo(allSettings());
        stop(domain, east);
    }

    private void host() throws Exception {
        String listen = trial.get(HOST, "listen");
        trial.takes(
                HOST,
                "listen",
                listen + ", 127.0.0.1:7999",
                () -> guests.lab().network().inHost(east.name(), "ss -ltnH").contains(":7999")
                        && east.console().host().getListenAddress().contains("127.0.0.1:7999"),
                "nonsense",
                "127.0.0.1:99999");
        String peers = trial.get(HOST, "peers");
        trial.takes(
                HOST,
                "peers",
                peers + ", north=127.0.0.1:7998",
                () -> east.console().health("north").getPeer().equals("north"),
                "north",
                "north=somewhere");
        trial.logged(HOST, "heartbeatPeriod", "60 ms", "Heartbeats go out every 60 ms", "fast", "1 min", "1 ms");
        // by the file, too
        withFiles(() -> {
            trial.inFile(HOST, "heartbeatPeriod", "70 ms", () -> trial.isLogged("Heartbeats go out every 70 ms"));
            trial.inFile(HOST, "heartbeatPeriod", "never", () -> trial.isProblem(HOST, "heartbeatPeriod", "'never'"));
            trial.inFile(HOST, "heartbeatPeriod", "50 ms", () -> trial.isLogged("Heartbeats go out every 50 ms"));
        });
        trial.logged(HOST, "silenceTimeout", "3 s", "silent for 3000 ms is lost", "long", "1 h", "100 ms");
        trial.takes(
                HOST,
                "fenceCommand",
                "/no/such/fence --password=hidden {host}",
                () -> trial.problems().toString().contains("/no/such/fence"),
                "\"not closed");
        assertThat(changes()).contains("fenceCommand").doesNotContain("hidden");
        assertThat(Files.readString(east.files().log())).doesNotContain("hidden");
        change("fenceTimeout", "40 s", "1 ms", "soon");
        change("fenceRetryDelay", "3 s", "1 ms", "soon");
        change("qemuBinary", "/usr/bin/qemu-system-x86_64", "a b");
        change("preloadLibrary", "false", "perhaps");
    }

    private void change(String key, String good, String... bad) throws Exception {
        Callable<Boolean> shown = () -> changes().matches("(?s).*" + HOST + ": " + key + ": .*'" + good + "'.*");
        trial.takes(HOST, key, good, shown, bad);
    }

    private String changes() {
        return String.join("\n", east.console().host().getConfigurationChanges());
    }

    private void paths() throws Exception {
        trial.later(HOST, "name", "elsewhere", "a b");
        for (String key : List.of("runRoot", "stateRoot", "ramRoot", "domainDirectory", "arbiterDirectory")) {
            trial.later(HOST, key, "/elsewhere", "elsewhere");
        }
        trial.later(HOST, "arbiterEngine", "manual", "No Such");
        assertThat(east.console().host().getName()).isEqualTo("east");
    }

    private void transfer() throws Exception {
        String now = "for the sessions that begin from now on: .*";
        trial.logged(TRANSFER, "stagingMebibytes", "64", now + "stagingBytes=67108864", "47", "-1", "all");
        trial.logged(TRANSFER, "captureMebibytes", "128", now + "captureBytes=134217728", "15", "65537", "all");
        trial.logged(TRANSFER, "connectTimeoutMillis", "6000", now + "connectTimeout=PT6S", "99", "5 s");
        trial.logged(TRANSFER, "handshakeTimeoutMillis", "61000", now + "handshakeTimeout=PT1M1S", "1", "x");
        trial.logged(TRANSFER, "tapTimeoutMillis", "11000", now + "tapTimeout=PT11S", "1", "x");
        trial.logged(TRANSFER, "syncTimeoutMillis", "61000", now + "syncTimeout=PT1M1S", "1", "x");
        trial.logged(TRANSFER, "commitTimeoutMillis", "11000", now + "commitTimeout=PT11S", "1", "x");
        trial.logged(TRANSFER, "deltaCacheMebibytes", "32", now + "deltaCacheBytes=33554432", "1025", "-1", "x");
        trial.logged(TRANSFER, "compression", "off", now + "compression=OFF", "zip");
    }

    private void management() throws Exception {
        for (String key : List.of("pauseP99LimitMillis", "holdP99LimitMillis", "unprotectedLimitSeconds")) {
            trial.takes(MANAGEMENT, key, "432", () -> limit(key) == 432, "-1", "600001", "x");
            assertThat(limit(key)).isNotNegative();
        }
        trial.takes(MANAGEMENT, "hysteresisPercent", "20", () -> limit("hysteresisPercent") == 20, "91", "x");
    }

    private int limit(String key) throws Exception {
        String attribute = Character.toUpperCase(key.charAt(0)) + key.substring(1);
        return (Integer) east.console()
                .server()
                .getAttribute(new javax.management.ObjectName("org.kemari:type=Thresholds"), attribute);
    }

    private void page() throws Exception {
        trial.logged(PAGE, "realm", "other", "users of realm other");
        trial.logged(PAGE, "idleMinutes", "20", "until idle for PT20M");
        trial.logged(PAGE, "sessionHours", "3", "is so for PT3H");
    }

    private void links() throws Exception {
        Path etc = east.files().etc();
        Lab.copyTree(etc.resolve("kemari/tls"), etc.resolve("kemari/tls2"));
        String password = Files.readString(etc.resolve("kemari/tls/password")).strip();
        String read = "Links between hosts use TLS 1.3: .*; CAs in .*";
        trial.logged(LINK, "security", "clear", "are in clear text", "none");
        trial.awaitLogged(read);
        store("keyStore", "kemari/tls2/host.p12", read + "/tls2/ca.p12", "no/such.p12");
        store("keyStorePassword", password, read, "wrong-secret");
        store("keyStorePasswordFile", "kemari/tls2/password", read, "no/such");
        store("trustStore", "kemari/tls2/ca.p12", read + "/tls2/ca.p12", "no/such.p12");
        store("trustStorePassword", password, read, "wrong-secret");
        store("trustStorePasswordFile", "kemari/tls2/password", read, "no/such");
        assertThat(Files.readString(east.files().log())).doesNotContain("wrong-secret", password);
        assertThat(trial.problems().toString()).doesNotContain("wrong-secret", password);
    }

    /** A mistake leaves the certificates from before in force, and is told for all of them together. */
    private void store(String key, String good, String line, String bad) throws Exception {
        trial.logged(LINK, key, good, line);
        SettingsTrial.change(
                key + " is refused",
                () -> trial.set(LINK, key, bad),
                () -> !trial.noProblem(LINK, "")
                        && trial.isLogged(LINK + ": the certificates .* cannot be used, the ones before stay"));
        assertThat(east.console().health("west").getState()).isEqualTo("ALIVE");
        trial.clear(LINK, key);
    }

    /** A host can have the witness's server as well: here it is what the engine is tried with. */
    private void witness() throws Exception {
        Path etc = east.files().etc();
        Path data = east.files().stateRoot().resolve("zookeeper");
        Path example = etc.resolve("kemari/examples").resolve(SERVER + ".cfg");
        String up = "The ZooKeeper server is up: ";
        withFiles(() -> {
            Files.writeString(
                    etc.resolve(SERVER + ".cfg"),
                    Files.readString(example) + "\nclientAddress = 127.0.0.1:2191\ndataDirectory = " + data + "\n");
            trial.awaitLogged(up + "127.0.0.1:2191");
        });
        trial.logged(SERVER, "clientAddress", "127.0.0.1:2192", up + "127.0.0.1:2192", "127.0.0.1:0", "x:y:z");
        trial.logged(SERVER, "dataDirectory", data + "2", up + ".*" + data + "2", "relative");
        trial.logged(SERVER, "tickTime", "600 ms", up, "1 ms", "x");
        trial.later(SERVER, "superPassword", "hidden-password");

        String now = Pattern.quote(ENSEMBLE) + ": now .*";
        trial.logged(
                ENSEMBLE, "connect", "127.0.0.1:2191", "connected with ZooKeeper server 127.0.0.1:2191", "127.0.0.1:x");
        trial.logged(ENSEMBLE, "root", "/other", now + "root=/other", "other", "/zookeeper");
        trial.logged(ENSEMBLE, "sessionTimeout", "7 s", now + "sessionTimeout=PT7S", "1 h", "x");
        trial.logged(ENSEMBLE, "requestTimeout", "3 s", now + "requestTimeout=PT3S", "1 min", "x");
        trial.logged(ENSEMBLE, "saslContext", "Kemari", now + "saslContext=Optional\\[Kemari]");
        SettingsTrial.change(
                "a password alone is refused",
                () -> trial.set(ENSEMBLE, "password", "hidden-password"),
                () -> trial.isProblem(ENSEMBLE, "user", "belong together"));
        SettingsTrial.change(
                "with a user it is taken",
                () -> trial.set(ENSEMBLE, "user", "kemari"),
                () -> trial.isLogged(now + "user kemari"));
        trial.refuses(ENSEMBLE, "user", "ke:mari");
        trial.refuses(ENSEMBLE, "password");
        trial.clear(ENSEMBLE, "user", "password");
        secured(now);
        assertThat(Files.readString(east.files().log())).doesNotContain("hidden-password");
        assertThat(east.console().arbiter().getEngine()).isEqualTo("file");
    }

    private void secured(String now) throws Exception {
        Path tls = east.files().etc().resolve("kemari/tls");
        trial.refuses(ENSEMBLE, "tls", "perhaps");
        SettingsTrial.change(
                "TLS is taken",
                () -> {
                    trial.set(ENSEMBLE, "trustStore", tls.resolve("ca.p12").toString());
                    trial.set(ENSEMBLE, "keyStore", tls.resolve("host.p12").toString());
                    trial.set(ENSEMBLE, "tls", "true");
                },
                () -> trial.isLogged(now + "tls=Optional\\[.*host.p12.*ca.p12.*verifyHostName=true"));
        trial.logged(ENSEMBLE, "verifyHostName", "false", now + "verifyHostName=false", "perhaps");
        trial.logged(ENSEMBLE, "keyStorePassword", "hidden-password", now);
        trial.logged(ENSEMBLE, "trustStorePassword", "hidden-password", now);
        trial.refuses(ENSEMBLE, "keyStore", "relative", "/no/such.p12");
        trial.clear(ENSEMBLE, "keyStore");
        trial.refuses(ENSEMBLE, "trustStore", "relative", "/no/such.p12");
        trial.clear(ENSEMBLE, "tls", "trustStore");
    }

    private void domainFile(DomainSpec domain) throws Exception {
        String yaml = domain.yaml(east);
        String file = domain.name() + ".yaml";

        east.files().putDomain(domain.name(), yaml.replace("memory: 256 MiB", "memory: 512 MiB"));
        Await.until("the change is told", PATIENCE, () -> changes()
                .contains(file + ": memory: '256 MiB' becomes '512 MiB'; in force when its guest is started anew"));
        east.files().putDomain(domain.name(), yaml.replace("memory: 256 MiB", "memory: much"));
        Await.until("the mistake is told", PATIENCE, () -> trial.problems().stream()
                .anyMatch(problem -> problem.contains(file + ": memory: ")));
        east.files().putDomain(domain.name(), yaml);
        Await.until("it is corrected", PATIENCE, () -> trial.problems().isEmpty());
    }

    /** A guest runs alone, without being asked for, until its definition lists a standby. */
    @Test
    void protection_of_a_running_guest_follows_its_definition() throws Exception {
        DomainSpec domain = domain("followed");
        startGuest(domain, east).close();
        assertThat(east.console().domain(domain.name()).getReason()).contains("no standby asked for");
        domain.standbys("east", "west").automatic(true).define(east, guests.west());
        east.console().awaitState(domain.name(), PATIENCE, "PROTECTED");
        domain.standbys().define(east, guests.west());
        Await.until(
                "the change is told",
                PATIENCE,
                () -> changes()
                        .contains(
                                domain.name()
                                        + ".yaml: protection.standbys: 'east, west' becomes ''; in force when a standby is looked for next"));
        assertThat(east.console().domain(domain.name()).getState()).isEqualTo("PROTECTED");
        stop(domain, east);
    }

    private static Set<String> allSettings() throws IOException {
        Set<String> all = new TreeSet<>();
        Pattern pid = Pattern.compile("(?s)\n## (\\S+)\n(.*?)(?=\n## |\\z)");
        String reference = Files.readString(Lab.projectRoot().resolve("features/SETTINGS.md"));
        Stream<MatchResult> sections = pid.matcher(reference).results();
        sections.forEach(section -> Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(section.group(2))
                .results()
                .forEach(row -> all.add(section.group(1) + "/" + row.group(1))));
        assertThat(all).hasSizeGreaterThan(40);
        return all;
    }
}
