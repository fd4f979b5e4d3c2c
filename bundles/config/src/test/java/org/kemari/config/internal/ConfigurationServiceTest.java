package org.kemari.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.config.HostSettings;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

class ConfigurationServiceTest {
    private static final String GOOD = "memory: 64 MiB\nboot: {kernel: /proc/version}\n";
    private static final String BAD = "memory: lots\nboot: {kernel: /proc/version}\n";

    @TempDir
    Path directory;

    private final AtomicInteger changes = new AtomicInteger();
    private ConfigurationService service;

    @BeforeEach
    void start() throws Exception {
        write("web", GOOD);
        service = new ConfigurationService(settings(Map.of()), List.of(), new HostFiles(), changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        service.stop();
    }

    private HostSettings settings(Map<String, String> more) {
        Map<String, String> all =
                new java.util.HashMap<>(Map.of("name", "east", "domainDirectory", directory.toString()));
        all.putAll(more);
        return HostSettingsParser.parse(all, "machine", directory, new Problems("test"))
                .orElseThrow();
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name + ".yaml"), text);
    }

    @Test
    void definitionsAreThereFromTheStart() {
        assertThat(service.domains()).containsOnlyKeys("web");
        assertThat(service.domain("web").orElseThrow().memoryBytes()).isEqualTo(64L << 20);
        assertThat(service.problems()).isEmpty();
        assertThat(service.paths("web").qmpSocket()).isEqualTo(Path.of("/run/kemari/web/qmp.sock"));
    }

    @Test
    void anInvalidFileLeavesTheValidDefinitionInForce() throws Exception {
        write("web", BAD);
        service.reload();
        assertThat(service.domain("web").orElseThrow().memoryBytes()).isEqualTo(64L << 20);
        assertThat(service.problems()).singleElement().satisfies(p -> {
            assertThat(p.file()).endsWith("web.yaml");
            assertThat(p.key()).isEqualTo("memory");
        });
        write("web", "");
        service.reload();
        assertThat(service.domains()).containsOnlyKeys("web");
        assertThat(service.problems()).singleElement().satisfies(p -> assertThat(p.reason())
                .contains("empty"));

        write("web", GOOD.replace("64", "128"));
        service.reload();
        assertThat(service.domain("web").orElseThrow().memoryBytes()).isEqualTo(128L << 20);
        assertThat(service.problems()).isEmpty();
        await().until(() -> changes.get() == 3);
    }

    @Test
    void anInvalidNewFileDefinesNothing() throws Exception {
        write("db", BAD);
        write("no name", GOOD);
        service.reload();
        assertThat(service.domains()).containsOnlyKeys("web");
        assertThat(service.problems()).hasSize(2);
    }

    @Test
    void aRemovedFileIsARemovedDefinition() throws Exception {
        write("db", BAD);
        service.reload();
        Files.delete(directory.resolve("db.yaml"));
        Files.delete(directory.resolve("web.yaml"));
        service.reload();
        assertThat(service.domains()).isEmpty();
        assertThat(service.problems()).isEmpty();
    }

    @Test
    void otherFilesAreNotRead() throws Exception {
        Files.writeString(directory.resolve("web.yaml.swp"), "x");
        Files.writeString(directory.resolve(".hidden.yaml"), "x");
        Files.writeString(directory.resolve("README"), "x");
        service.reload();
        assertThat(service.domains()).containsOnlyKeys("web");
        assertThat(service.problems()).isEmpty();
    }

    @Test
    void aDirectoryThatCannotBeListedRemovesNothing() throws Exception {
        for (int i = 0; i <= DomainDirectory.MOST_FILES; i++) {
            write("d" + i, GOOD);
        }
        service.reload();
        assertThat(service.domains()).containsOnlyKeys("web");
        assertThat(service.problems()).singleElement().satisfies(p -> assertThat(p.reason())
                .contains("more than 1000"));
    }

    @Test
    void domainsCannotHaveTheSameDiskOrAddress() throws Exception {
        String devices = "disks: [{id: a, path: /proc/version, mode: %s}]\n"
                + "nics: [{id: n, mac: 52:54:00:00:00:01, tapDevice: tap0}]\n";
        write("db", GOOD + devices.formatted("mirrored"));
        service.reload();
        write("web", GOOD + devices.formatted("shared"));
        service.reload();
        assertThat(service.problems())
                .extracting(p -> p.key())
                .containsExactly("disks(0).path", "nics(0).mac", "nics(0).tapDevice");
        assertThat(service.domain("web").orElseThrow().disks())
                .as("the old definition")
                .isEmpty();

        write("db", GOOD);
        service.reload();
        assertThat(service.problems()).as("db, read first, no longer has them").isEmpty();
        assertThat(service.domain("web").orElseThrow().disks()).hasSize(1);

        write("db", GOOD + "disks: [{id: b, path: /proc/version, mode: shared}]\n");
        service.reload();
        assertThat(service.problems()).as("a disk that both call shared").isEmpty();
    }

    @Test
    void changesAreFoundByThemselves() throws Exception {
        service.start();
        write("db", GOOD);
        await().until(() -> service.domains().containsKey("db"));
        assertThat(changes.get()).isPositive();
    }

    @Test
    void unchangedFilesAreNotReadAgainAndOnesWithProblemsAre() throws Exception {
        Path image = directory.resolve("disk.img");
        DomainDirectory domains =
                new DomainDirectory(directory, HostView.of(settings(Map.of())), new HostFiles(), change -> {});
        write("db", GOOD + "disks: [{id: a, path: " + image + ", mode: mirrored}]\n");
        assertThat(domains.look(false)).isTrue();
        assertThat(domains.definitions()).containsOnlyKeys("web");
        assertThat(domains.look(false)).isFalse();

        Files.createFile(image);
        assertThat(domains.look(false)).as("the disk is there now").isTrue();
        assertThat(domains.definitions()).containsOnlyKeys("web", "db");

        // Changed behind the back of the stamp: only a reload sees it.
        Path web = directory.resolve("web.yaml");
        FileTime time = Files.getLastModifiedTime(web);
        Files.writeString(web, GOOD.replace("64", "32"));
        Files.setLastModifiedTime(web, time);
        assertThat(domains.look(false)).isFalse();
        assertThat(domains.look(true)).isTrue();
        assertThat(domains.definitions().get("web").memoryBytes()).isEqualTo(32L << 20);
    }

    @Test
    void settingsChangeAndProblemsWithThemAreReported() {
        HostSettings next = settings(Map.of("peers", "west=h:1"));
        Problems problems = new Problems("org.kemari.host");
        service.changeHost(now -> HostChange.apply(now, next, problems), problems);
        assertThat(service.host().peers()).containsOnlyKeys("west");
        assertThat(service.problems()).isEmpty();

        service.changeHost(now -> HostChange.apply(now, settings(Map.of("ramRoot", "/other")), problems), problems);
        assertThat(service.host().ramRoot()).isEqualTo(Path.of("/dev/shm/kemari"));
        assertThat(service.host().peers()).isEmpty();
        assertThat(service.problems()).singleElement().satisfies(p -> assertThat(p.key())
                .isEqualTo("ramRoot"));
        service.reload();
        assertThat(service.problems()).as("until they are solved").hasSize(1);
        await().until(() -> changes.get() == 2);
    }

    @Test
    void definitionsAreHeldAgainstTheSettingsInForce() throws Exception {
        write("web", GOOD + "protection: {standbys: [west], fence: always}\n");
        service.reload();
        assertThat(service.problems())
                .extracting(p -> p.key())
                .containsExactly("protection.standbys", "protection.fence");
        assertThat(service.domain("web").orElseThrow().protection().standbys())
                .as("in force all the same")
                .containsExactly("west");

        change(Map.of("peers", "west=h:1", "fenceCommand", "true {host}"));
        assertThat(service.problems()).isEmpty();

        change(Map.of("peers", "north=h:1", "fenceCommand", "true {host}"));
        assertThat(service.problems()).singleElement().satisfies(p -> assertThat(p.reason())
                .contains("'west' is not a peer"));
        assertThat(service.domains()).containsOnlyKeys("web");
    }

    private void change(Map<String, String> next) {
        Problems problems = new Problems("org.kemari.host");
        service.changeHost(now -> HostChange.apply(now, settings(next), problems), problems);
    }

    @Test
    void acceptedChangesAreTold() throws Exception {
        write("web", GOOD.replace("64", "128") + "autostart: true\nprotection: {minEpochGap: 5 ms}\n");
        service.reload();
        write("web", BAD);
        service.reload();
        String file = directory.resolve("web.yaml").toString();
        assertThat(service.changes())
                .extracting(Object::toString)
                .containsExactly(
                        file + ": protection.minEpochGap: '0 ms' becomes '5 ms'; in force at once",
                        file + ": autostart: 'false' becomes 'true'; in force when this host's Kemari is started",
                        file + ": memory: '64 MiB' becomes '128 MiB'; in force when its guest is started anew",
                        file + ": 'defined'; in force at once");
        Files.delete(directory.resolve("web.yaml"));
        service.reload();
        assertThat(service.changes().get(0)).hasToString(file + ": 'removed'; in force at once");

        change(Map.of("peers", "west=h:1", "fenceCommand", "true --password=secret", "silenceTimeout", "2 s"));
        assertThat(service.changes().subList(0, 3))
                .extracting(Object::toString)
                .containsExactly(
                        "org.kemari.host: fenceCommand: 'none' becomes 'true …'; in force at once",
                        "org.kemari.host: silenceTimeout: '500 ms' becomes '2 s'; in force at once",
                        "org.kemari.host: peers: 'west=h:1'; in force at once");
        for (int i = 1; i <= 200; i++) {
            change(Map.of("silenceTimeout", (500 + i) + " ms"));
        }
        assertThat(service.changes()).hasSize(100);
        assertThat(service.changes().get(0).now()).isEqualTo("700 ms");
    }

    @Test
    void aFenceProgramThatIsNotThereIsReported() {
        Map<String, Object> properties = Map.of(
                "name", "east", "domainDirectory", directory.toString(), "fenceCommand", "/no/such/fence {host}");
        ConfigurationComponent component = new ConfigurationComponent(nobodyListens(), properties);
        assertThat(component.problems()).singleElement().satisfies(p -> {
            assertThat(p.key()).isEqualTo("fenceCommand");
            assertThat(p.reason()).contains("'/no/such/fence'", "wait for an operator");
        });
        assertThat(component.host().fence().command()).containsExactly("/no/such/fence", "{host}");
        component.modified(
                Map.of("name", "east", "domainDirectory", directory.toString(), "fenceCommand", "sh -c 'exit 0'"));
        assertThat(component.problems()).isEmpty();
        assertThat(component.host().fence().command()).startsWith("sh", "-c");
        component.stop();
    }

    @Test
    void aComponentWithBadSettingsSaysWhatIsWrong() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> new ConfigurationComponent(nobodyListens(), Map.of("name", "a b", "listen", "x"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("name", "listen", "org.kemari.host");
    }

    @Test
    void theComponentServes() {
        ConfigurationComponent component = new ConfigurationComponent(
                nobodyListens(), Map.of("name", "east", "domainDirectory", directory.toString()));
        component.start();
        component.modified(Map.of("name", "north", "domainDirectory", directory.toString(), "peers", "west=h:1"));
        assertThat(component.host().name()).isEqualTo("east");
        assertThat(component.host().peers()).containsOnlyKeys("west");
        assertThat(component.problems()).hasSize(1);
        component.modified(Map.of("name", "east", "listen", "nonsense"));
        assertThat(component.host().peers()).as("kept").containsOnlyKeys("west");
        assertThat(component.problems()).extracting(p -> p.key()).isEqualTo(List.of("listen"));
        assertThat(component.domains()).containsOnlyKeys("web");
        component.stop();
    }

    /** A framework without listeners. */
    private static BundleContext nobodyListens() {
        return (BundleContext) Proxy.newProxyInstance(
                BundleContext.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> method.getName().equals("createFilter")
                        ? FrameworkUtil.createFilter((String) arguments[0])
                        : null);
    }
}
