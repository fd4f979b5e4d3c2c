package org.kemari.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.domain.ProtectionSettings;

class DefinitionParserTest {
    private static final DefinitionParser.FileCheck ALL_THERE = (path, kind) -> Optional.empty();
    private static final HostView EAST = new HostView("east", Set.of("west", "north"), true);
    private static final String MINIMAL = "memory: 64 MiB\nboot:\n  kernel: /k\n";

    private DefinitionParser.FileCheck files = ALL_THERE;
    private HostView host = EAST;
    private List<ConfigurationProblem> problems = List.of();

    private Optional<DomainDefinition> parse(String text) {
        Problems found = new Problems("web.yaml");
        Optional<DomainDefinition> definition = DefinitionFile.parse(text, found)
                .flatMap(root -> DefinitionParser.parse(host, files, "web", root, found));
        problems = found.list();
        assertThat(definition.isPresent()).as("%s", problems).isEqualTo(found.valid());
        assertThat(found.valid() || !problems.isEmpty()).isTrue();
        return definition;
    }

    private DomainDefinition valid(String text) {
        Optional<DomainDefinition> definition = parse(text);
        assertThat(problems).isEmpty();
        return definition.orElseThrow();
    }

    private void refused(String text, String key, String... reasonParts) {
        parse(text);
        assertThat(problems).as(text).anySatisfy(p -> {
            assertThat(p.key()).isEqualTo(key);
            assertThat(p.reason()).contains(reasonParts);
            assertThat(p.file()).isEqualTo("web.yaml");
        });
    }

    @Test
    void everythingGiven() {
        DomainDefinition web = valid(
                """
                name: web
                memory: 2 GiB
                vcpus: 4
                machine: microvm
                cpu: max,-avx512f
                accelerator: tcg
                boot:
                  kernel: /boot/vmlinuz
                  initrd: /boot/initrd
                  commandLine: root=/dev/vda quiet "x y"
                disks:
                  - {id: root, path: /images/root.img, mode: mirrored, queues: 4}
                  - id: data
                    path: /dev/sdb
                    mode: shared
                    readOnly: true
                nics:
                  - {id: lan, bridge: br0, mac: "52:54:00:AB:cd:ef", tapDevice: tap0}
                  - id: none
                consoleLog: /var/log/web.log
                autostart: true
                protection:
                  standbys: [north, east, west]
                  automatic: false
                  fence: always
                  maxEpochAge: 500 ms
                  minEpochGap: 5 ms
                  epochsInFlight: 3
                  targetLatency: 12 ms
                  frameLog: false
                  packetLog: false
                """);
        assertThat(web)
                .isEqualTo(new DomainDefinition(
                        "web",
                        2L << 30,
                        4,
                        "microvm",
                        "max,-avx512f",
                        Accelerator.TCG,
                        new Boot.Kernel(
                                Path.of("/boot/vmlinuz"),
                                Optional.of(Path.of("/boot/initrd")),
                                "root=/dev/vda quiet \"x y\""),
                        List.of(
                                new DiskDefinition("root", Path.of("/images/root.img"), DiskMode.MIRRORED, false, 4),
                                new DiskDefinition("data", Path.of("/dev/sdb"), DiskMode.SHARED, true, 1)),
                        List.of(
                                new NicDefinition("lan", "br0", "52:54:00:ab:cd:ef", "tap0"),
                                new NicDefinition(
                                        "none", "", Names.mac("web", "none"), Names.tapDevice("east", "web", "none"))),
                        Optional.of(Path.of("/var/log/web.log")),
                        true,
                        new ProtectionSettings(
                                List.of("north", "east", "west"),
                                false,
                                FencePolicy.ALWAYS,
                                Duration.ofMillis(500),
                                Duration.ofMillis(5),
                                ProtectionSettings.DEFAULT.writePolicy(),
                                3,
                                Duration.ofMillis(12),
                                false,
                                false)));
    }

    @Test
    void defaults() {
        DomainDefinition web = valid(MINIMAL);
        assertThat(web)
                .isEqualTo(new DomainDefinition(
                        "web",
                        64L << 20,
                        1,
                        "q35",
                        "",
                        Accelerator.AUTO,
                        new Boot.Kernel(Path.of("/k"), Optional.empty(), ""),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        false,
                        ProtectionSettings.DEFAULT));
        assertThat(valid(MINIMAL + "disks: []\nnics:\nprotection:\n")).isEqualTo(web);
    }

    @Test
    void firmware() {
        String disk = "disks: [{id: a, path: /a, mode: shared}]\n";
        assertThat(valid("memory: 1 GiB\nboot: {firmware: ovmf}\n" + disk).boot())
                .isEqualTo(new Boot.Disk(Boot.Firmware.OVMF));
        assertThat(valid("memory: 1 GiB\nboot: {firmware: seabios}\n" + disk).boot())
                .isEqualTo(new Boot.Disk(Boot.Firmware.SEABIOS));
        refused("memory: 1 GiB\nboot: {firmware: ovmf}\n", "disks", "boots from the first disk");
        refused("memory: 1 GiB\nboot: {firmware: efi}\n" + disk, "boot.firmware", "'efi'", "seabios, ovmf");
        refused("memory: 1 GiB\nboot: {firmware: ovmf, kernel: /k}\n" + disk, "boot.firmware", "combined");
        refused("memory: 1 GiB\nboot: {firmware: ovmf, initrd: /k}\n" + disk, "boot.initrd", "not known here");
    }

    @Test
    void addressesAreTheSameOnBothHostsAndTapDevicesAreNot() {
        assertThat(Names.mac("web", "lan")).matches("52(:[0-9a-f]{2}){5}").isEqualTo(Names.mac("web", "lan"));
        assertThat(Names.mac("web", "lan"))
                .isNotEqualTo(Names.mac("web", "wan"))
                .isNotEqualTo(Names.mac("db", "lan"));
        assertThat(Names.tapDevice("east", "web", "lan"))
                .hasSizeLessThanOrEqualTo(15)
                .startsWith("k")
                .isNotEqualTo(Names.tapDevice("west", "web", "lan"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"52:54:00:12:34:56", "52:54:00:00:00:00", "10:00:00:00:00:01", "98:59:59:59:59:59"})
    void macsThatYamlTakesForNumbers(String mac) {
        assertThat(valid(MINIMAL + "nics:\n  - id: lan\n    mac: " + mac + "\n")
                        .nics()
                        .get(0)
                        .mac())
                .isEqualTo(mac);
        assertThat(valid(MINIMAL + "nics: [{id: lan, mac: " + mac + "}] # a comment\n")
                        .nics()
                        .get(0)
                        .mac())
                .isEqualTo(mac);
    }

    @Test
    void variables() {
        System.setProperty("kemari.test.images", "/srv/images");
        try {
            DomainDefinition web = valid(MINIMAL
                    + "cpu: qemu64\ndisks:\n  - {id: a, path: '${sys:kemari.test.images}/${cpu}.img', mode: shared}\n");
            assertThat(web.disks().get(0).path()).isEqualTo(Path.of("/srv/images/qemu64.img"));
        } finally {
            System.clearProperty("kemari.test.images");
        }
        refused(MINIMAL + "cpu: ${sys:kemari.no.such}", "cpu", "not defined", "kemari.no.such");
        refused(MINIMAL + "cpu: ${script:javascript:1}", "cpu", "not defined");
        refused(MINIMAL + "cpu: ${file:UTF-8:/etc/passwd}", "cpu", "not defined");
        refused(MINIMAL + "cpu: ${consoleLog}\nconsoleLog: ${cpu}", "cpu", "itself");
    }

    @Test
    void allProblemsAtOnce() {
        parse(
                """
                nmae: web
                memory: 512
                vcpus: 0
                machine: i440
                accelerator: KVM
                boot: {}
                disks:
                  - {id: a, path: relative.img, mode: copied, readOnly: perhaps, queues: 17}
                  - {id: a, path: /b, mode: shared, cache: none}
                nics:
                  - {id: a, bridge: a-name-that-is-too-long, mac: "01:00:5e:00:00:01"}
                autostart: sometimes
                protection: {maxEpochAge: 0, minEpochGap: 2 s, standbys: [west, "a b", west], automatic: 1, fence: maybe}
                """);
        assertThat(problems)
                .extracting(ConfigurationProblem::key)
                .containsExactlyInAnyOrder(
                        "nmae",
                        "memory",
                        "vcpus",
                        "machine",
                        "accelerator",
                        "boot.kernel",
                        "disks(0).path",
                        "disks(0).mode",
                        "disks(0).readOnly",
                        "disks(0).queues",
                        "disks(1).id",
                        "disks(1).cache",
                        "nics(0).id",
                        "nics(0).bridge",
                        "nics(0).mac",
                        "protection.maxEpochAge",
                        "protection.minEpochGap",
                        "autostart",
                        "protection.standbys(1)",
                        "protection.standbys",
                        "protection.automatic",
                        "protection.fence");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    memory: 512                | has no unit
                    memory: -1 MiB             | is not a size
                    memory: 512 MB             | unknown unit 'MB'
                    memory: 15 MiB             | is not between 16 MiB and 16 TiB
                    memory: 17 TiB             | is not between
                    memory: 999999999999999 TiB| too large
                    memory: 16384.5 KiB        | in steps of 1 MiB
                    memory: much               | is not a size
                    memory:                    | has no value
                    memory: [1 GiB, 2 GiB]     | given 2 times
                    memory: {a: 1}             | has keys of its own
                    memory: true               | is not a size
                    """)
    void badSizes(String line, String reason) {
        refused(line + "\nboot: {kernel: /k}\n", "memory", reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    vcpus: 256         | vcpus | from 1 to 255
                    vcpus: -1          | vcpus | from 1 to 255
                    vcpus: 1.5         | vcpus | whole number
                    vcpus: two         | vcpus | whole number
                    vcpus: 99999999999 | vcpus | whole number
                    cpu: 386           | cpu   | put it in quotes
                    cpu: no            | cpu   | put it in quotes
                    cpu: 2001-01-01    | cpu   | put it in quotes
                    cpu: a b           | cpu   | CPU model
                    name: db           | name  | not the name of the file
                    name: ../x         | name  | letters
                    disks: root.img    | disks | list of sections
                    disks: [a, b]      | disks | list of sections
                    protection: always | protection | keys of its own
                    consoleLog: web.log| consoleLog | absolute
                    12: 13             |       | not a definition
                    """)
    void badValues(String line, String key, String reason) {
        refused(MINIMAL + line + "\n", key == null ? "" : key, reason);
    }

    @Test
    void durations() {
        refused(MINIMAL + "protection: {maxEpochAge: 1}", "protection.maxEpochAge", "has no unit");
        refused(MINIMAL + "protection: {maxEpochAge: 2 h}", "protection.maxEpochAge", "unknown unit 'h'");
        refused(MINIMAL + "protection: {maxEpochAge: 5 ms}", "protection.maxEpochAge", "between 10 ms and 1 min");
        refused(MINIMAL + "protection: {minEpochGap: -5 ms}", "protection.minEpochGap", "is not a duration");
        refused(MINIMAL + "protection: {epochsInFlight: 9}", "protection.epochsInFlight", "8");
        refused(MINIMAL + "protection: {epochsInFlight: 0}", "protection.epochsInFlight", "1");
        refused(MINIMAL + "protection: {frameLog: some}", "protection.frameLog", "neither true nor false");
        refused(MINIMAL + "protection: {targetLatency: 2 s}", "protection.targetLatency", "between 0 ms and 1 s");
        assertThat(valid(MINIMAL + "protection: {minEpochGap: 0}").protection().minEpochGap())
                .isZero();
        assertThat(valid(MINIMAL + "protection: {minEpochGap: 2.5ms}")
                        .protection()
                        .minEpochGap())
                .isEqualTo(Duration.ofNanos(2_500_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    standbys: west               | west
                    standbys: [west]             | west
                    standbys: [north, west]      | north,west
                    standbys: [east, west]       | east,west
                    standbys: ['${sys:user.dir.no:-west}', north] | west,north
                    standbys: []                 |
                    standbys:                    |
                    """)
    void standbys(String line, String expected) {
        assertThat(valid(MINIMAL + "protection:\n  " + line + "\n").protection().standbys())
                .isEqualTo(expected == null ? List.of() : List.of(expected.split(",")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    standbys: [west, north, west] | standbys    | 'west' is given twice
                    standbys: [west, a b]         | standbys(1) | 'a b' is not 1 to 64 letters
                    standbys: [west, 7]           | standbys(1) | put it in quotes
                    standbys: [west, {a: b}]      | standbys(1) | keys of its own
                    standbys: {west: 1}           | standbys(0) | keys of its own
                    standbys: [west, null]        | standbys(1) | no value
                    standbys: ['${env:NO_SUCH_X}']| standbys(0) | not defined
                    standbys: ../x                | standbys(0) | letters
                    standbys: no                  | standbys(0) | put it in quotes
                    standby: west                 | standby     | write standbys: [west]
                    automatic: perhaps            | automatic   | neither true nor false
                    automatic: [true, true]       | automatic   | given 2 times
                    fence: ALWAYS                 | fence       | 'ALWAYS' is not one of auto, always, never
                    fence: true                   | fence       | not one of auto, always, never
                    fence:                        | fence       | has no value
                    """)
    void badProtection(String line, String key, String reason) {
        refused(MINIMAL + "protection:\n  " + line + "\n", "protection." + key, reason);
    }

    @Test
    void autostart() {
        assertThat(valid(MINIMAL + "autostart: true\n").autostart()).isTrue();
        assertThat(valid(MINIMAL + "autostart: false\n").autostart()).isFalse();
        refused(MINIMAL + "autostart: 1\n", "autostart", "neither true nor false");
        refused(MINIMAL + "autostart: {at: boot}\n", "autostart", "keys of its own");
        refused(MINIMAL + "autostart: [true, false]\n", "autostart", "given 2 times");
    }

    @Test
    void unknownStandbysAreReportedAndPassedOver() {
        String text = MINIMAL + "protection: {standbys: [south, west, east]}";
        assertThat(parse(text).orElseThrow().protection().standbys()).containsExactly("south", "west", "east");
        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.key()).isEqualTo("protection.standbys");
            assertThat(p.reason()).contains("'south' is not a peer of this host (peers: north, west)");
        });
        host = new HostView("east", Set.of(), true);
        assertThat(parse(text)).isPresent();
        assertThat(problems).hasSize(2).allSatisfy(p -> assertThat(p.reason()).contains("it has none"));
    }

    @Test
    void alwaysWithoutAFenceCommandIsReportedAndAccepted() {
        host = new HostView("east", Set.of("west"), false);
        assertThat(valid(MINIMAL + "protection: {fence: auto}").protection().fence())
                .isEqualTo(FencePolicy.AUTO);
        assertThat(valid(MINIMAL + "protection: {fence: never}").protection().fence())
                .isEqualTo(FencePolicy.NEVER);
        assertThat(parse(MINIMAL + "protection: {fence: always}")
                        .orElseThrow()
                        .protection()
                        .fence())
                .isEqualTo(FencePolicy.ALWAYS);
        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.key()).isEqualTo("protection.fence");
            assertThat(p.reason()).contains("no fenceCommand", "waits for an operator", "in force all the same");
        });
    }

    @Test
    void idsAreUniqueAmongAllDevices() {
        refused(MINIMAL + "disks: [{id: a, path: /a, mode: shared}]\nnics: [{id: a}]", "nics(0).id", "another device");
        refused(MINIMAL + "nics: [{id: qmp}]", "nics(0).id", "Kemari itself");
        refused(MINIMAL + "nics: [{bridge: br0}]", "nics(0).id", "missing");
        refused(MINIMAL + "nics: [{id: ../../x}]", "nics(0).id", "letters");
        refused(
                MINIMAL + "disks: [{id: a, path: /a, mode: shared}, {id: b, path: /x/../a, mode: shared}]",
                "disks(1).path",
                "another disk");
        refused(
                MINIMAL + "nics: [{id: a, mac: '52:00:00:00:00:0a'}, {id: b, mac: '52:00:00:00:00:0A'}]",
                "nics(1).mac",
                "another NIC");
        refused(MINIMAL + "nics: [{id: a, tapDevice: t}, {id: b, tapDevice: t}]", "nics(1).tapDevice", "another NIC");
    }

    @Test
    void missingFilesAreReported() {
        files = (path, kind) -> Optional.of("'" + path + "' does not exist (" + kind + ")");
        refused(MINIMAL, "boot.kernel", "'/k' does not exist (FILE)");
        refused(MINIMAL + "disks: [{id: a, path: /a, mode: shared}]", "disks(0).path", "'/a'", "DISK");
    }

    @Test
    void realFilesAreLookedAt() {
        HostFiles host = new HostFiles();
        assertThat(host.problem(Path.of("/no/such"), DefinitionParser.FileCheck.Kind.FILE))
                .hasValueSatisfying(r -> assertThat(r).contains("does not exist"));
        assertThat(host.problem(Path.of("/"), DefinitionParser.FileCheck.Kind.DISK))
                .hasValueSatisfying(r -> assertThat(r).contains("directory"));
        assertThat(host.problem(Path.of("/dev/null"), DefinitionParser.FileCheck.Kind.DISK))
                .hasValueSatisfying(r -> assertThat(r).contains("neither a file nor a block device"));
        assertThat(host.problem(Path.of("pom.xml"), DefinitionParser.FileCheck.Kind.DISK))
                .isEmpty();
    }

    @Test
    void whatIsNotADefinition() {
        refused("", "", "empty");
        refused("\n# only a comment\n\n", "", "empty");
        refused("just a sentence\n", "", "");
        refused("- a\n- b\n", "", "");
        refused("memory: 1 GiB\n\tboot: x\n", "", "line 2");
        refused("memory: 1 GiB\nmemory: 2 GiB\n", "", "duplicate", "memory");
        refused("memory: {1 GiB\n", "", "line");
        refused("memory: !!java.io.File [/etc/passwd]\n", "", "");
        refused("\0\1\2", "", "");
        refused("a: &a [*a]\n", "memory", "missing");
        refused("x: " + "[".repeat(5000), "", "");
        refused("x: " + "{a: ".repeat(200) + "1" + "}".repeat(200), "", "");
        refused("memory: 1 GiB\n---\nmemory: 2 GiB\n", "", "");
    }

    @Test
    void aBombIsNotDetonated() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [%s]\n"
                    .formatted(i, i, String.join(",", java.util.Collections.nCopies(10, "*a" + (i - 1)))));
        }
        refused(bomb.toString(), "", "");
        assertThat(problems).hasSizeLessThanOrEqualTo(50);
    }

    @Property(tries = 500)
    void anyTextIsEitherADefinitionOrAProblem(@ForAll @StringLength(max = 200) String text) {
        parse(text);
    }

    @Property(tries = 500)
    void aDamagedFileIsEitherADefinitionOrAProblem(@ForAll int where, @ForAll char what) {
        String good = MINIMAL
                + "vcpus: 2\ndisks:\n  - {id: a, path: /a, mode: shared}\nnics:\n  - id: b\nprotection: {standbys: [west]}\n";
        StringBuilder damaged = new StringBuilder(good);
        damaged.setCharAt(Math.floorMod(where, good.length()), what);
        parse(damaged.toString());
    }

    @Test
    void hugeFilesAreNotRead(@org.junit.jupiter.api.io.TempDir Path directory) throws Exception {
        Path file = directory.resolve("web.yaml");
        java.nio.file.Files.writeString(file, "# " + "x".repeat(DefinitionFile.MAX_BYTES));
        Problems found = new Problems("web.yaml");
        assertThat(DefinitionFile.read(file, found)).isEmpty();
        assertThat(found.list()).singleElement().satisfies(p -> assertThat(p.reason())
                .contains("larger than 64 KiB"));

        java.nio.file.Files.write(file, "memory: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        found = new Problems("web.yaml");
        assertThat(DefinitionFile.read(file, found)).isEmpty();
        assertThat(found.list()).singleElement().satisfies(p -> assertThat(p.reason())
                .contains("UTF-8"));
    }
}
