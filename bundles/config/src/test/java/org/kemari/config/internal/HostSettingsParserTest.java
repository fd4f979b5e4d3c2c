package org.kemari.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;

class HostSettingsParserTest {
    private List<ConfigurationProblem> problems = List.of();

    private Optional<HostSettings> parse(Map<String, ?> properties) {
        Problems found = new Problems(HostSettingsParser.PID);
        Optional<HostSettings> settings = HostSettingsParser.parse(properties, "machine", Path.of("/karaf/etc"), found);
        problems = found.list();
        return settings;
    }

    private void refused(String key, Object value, String reason) {
        assertThat(parse(Map.of(key, value))).isEmpty();
        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.file()).isEqualTo("org.kemari.host");
            assertThat(p.key()).isEqualTo(key);
            assertThat(p.reason()).contains(reason);
        });
    }

    @Test
    void defaults() {
        assertThat(parse(Map.of("service.pid", "org.kemari.host", "felix.fileinstall.filename", "x")))
                .contains(new HostSettings(
                        "machine",
                        List.of(new HostAddress("0.0.0.0", 7171)),
                        Map.of(),
                        Path.of("/run/kemari"),
                        Path.of("/var/lib/kemari"),
                        Path.of("/dev/shm/kemari"),
                        Path.of("/karaf/etc/kemari/domains"),
                        "qemu-system-x86_64",
                        "file",
                        Path.of("/var/lib/kemari/arbiter"),
                        Duration.ofMillis(50),
                        Duration.ofMillis(500),
                        FenceSettings.NONE,
                        true));
    }

    @Test
    void everythingGiven() {
        Map<String, Object> all = Map.ofEntries(
                Map.entry("name", "east"),
                Map.entry("listen", "[::1]:7000, 10.1.0.1:7000"),
                Map.entry("peers", "east=10.0.0.1:7171, west=10.0.0.2:7171|10.1.0.2:7172 north=[fd00::3]:7171"),
                Map.entry("runRoot", "/r"),
                Map.entry("stateRoot", "/s"),
                Map.entry("ramRoot", "/m"),
                Map.entry("domainDirectory", "/d"),
                Map.entry("qemuBinary", "/opt/qemu"),
                Map.entry("arbiterEngine", "manual"),
                Map.entry("arbiterDirectory", "/a"),
                Map.entry("heartbeatPeriod", "100 ms"),
                Map.entry("silenceTimeout", "2 s"),
                Map.entry("fenceCommand", "/sbin/fence \"--ip={host} bmc\"  --action=off \"\""),
                Map.entry("fenceTimeout", "5 s"),
                Map.entry("fenceRetryDelay", "500 ms"),
                Map.entry("preloadLibrary", false));
        assertThat(parse(all))
                .contains(new HostSettings(
                        "east",
                        List.of(new HostAddress("::1", 7000), new HostAddress("10.1.0.1", 7000)),
                        Map.of(
                                "west",
                                List.of(new HostAddress("10.0.0.2", 7171), new HostAddress("10.1.0.2", 7172)),
                                "north",
                                List.of(new HostAddress("fd00::3", 7171))),
                        Path.of("/r"),
                        Path.of("/s"),
                        Path.of("/m"),
                        Path.of("/d"),
                        "/opt/qemu",
                        "manual",
                        Path.of("/a"),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2),
                        new FenceSettings(
                                List.of("/sbin/fence", "--ip={host} bmc", "--action=off", ""),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(500)),
                        false));
    }

    @Test
    void listsAndEmptyValues() {
        assertThat(parse(Map.of("peers", new String[] {"a=h:1", "b=h:2"}))
                        .orElseThrow()
                        .peers())
                .containsOnlyKeys("a", "b");
        assertThat(parse(Map.of("peers", " ", "name", "")).orElseThrow().name()).isEqualTo("machine");
    }

    @Test
    void badValues() {
        refused("name", "east,west", "letters");
        refused("listen", "7171", "an address and a port");
        refused("listen", "h:0", "port 0");
        refused("listen", "h:65536", "port 65536");
        refused("listen", "fd00::1:7171", "an address and a port");
        refused("peers", "west", "name=address:port");
        refused("peers", "west=10.0.0.2", "an address and a port");
        refused("peers", "a=h:1,a=h:2", "separated by |");
        refused("peers", "a=h:1|h:1", "'h:1' is given twice for peer 'a'");
        refused("peers", "a=h:1|i:2,b=i:2", "'i:2' is given for both 'a' and 'b'");
        refused("peers", "a=h:1|", "an address and a port");
        refused("peers", "a=|h:1", "an address and a port");
        refused("peers", "a=h:1|h:0", "port 0");
        refused("peers", "a=" + manyAddresses("|"), "17 addresses");
        refused("listen", "h:1,h:1", "given twice");
        refused("listen", "h:1, h", "an address and a port");
        refused("listen", "h:1|h:2", "an address and a port");
        refused("listen", manyAddresses(","), "17 addresses");
        refused("fenceCommand", "fence \"{host}", "double quote that is not closed");
        refused("fenceCommand", "fence {hots}", "'{hots}'");
        refused("fenceCommand", "\"\" {host}", "empty word");
        refused("fenceCommand", "fence \u0000", "control character");
        refused("fenceCommand", new String[] {" "}, "empty word");
        refused("fenceCommand", "x ".repeat(257), "more than 256 words");
        refused("fenceTimeout", "30", "has no unit");
        refused("fenceTimeout", "0 s", "between 1 s and 10 min");
        refused("fenceTimeout", "11 min", "between 1 s and 10 min");
        refused("fenceRetryDelay", "soon", "is not a duration");
        refused("fenceRetryDelay", "1 ms", "between 100 ms and 10 min");
        refused("peers", "a/b=h:1", "letters");
        refused("runRoot", "run", "absolute");
        refused("arbiterEngine", "File!", "engine");
        refused("heartbeatPeriod", "50", "has no unit");
        refused("heartbeatPeriod", "1 ms", "between 5 ms and 10 s");
        refused("silenceTimeout", "10 ms", "between 50 ms and 5 min");
        refused("silenceTimeout", "120 ms", "three heartbeat periods");
        refused("preloadLibrary", "yes", "true or false");
        refused("arbiterEngin", "file", "is not known");
    }

    private static String manyAddresses(String separator) {
        return String.join(
                separator,
                IntStream.rangeClosed(1, 17)
                        .mapToObj(i -> "10.0.0." + i + ":7171")
                        .toList());
    }

    @Test
    void wordsOfAnArrayStayAsTheyAre() {
        assertThat(parse(Map.of("fenceCommand", new String[] {"fence", "a \"b", "{domain}"}))
                        .orElseThrow()
                        .fence()
                        .command())
                .containsExactly("fence", "a \"b", "{domain}");
    }

    @Property
    void anyWordsCanBeWrittenInALine(
            @ForAll @Size(max = 8) List<@From("words") String> words, @ForAll boolean quoteAll) {
        String line = String.join(
                " \t",
                words.stream()
                        .map(w -> quoteAll || w.isEmpty() || w.contains(" ") ? '"' + w + '"' : w)
                        .toList());
        assertThat(FenceCommand.parse(line)).isEqualTo(words);
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.of("fence", "a b", "{host}", "--ip={host}-bmc", "'", "\\", "$x", ";", "é", "{a b}", "{{");
    }

    @Property
    void anyLineIsACommandOrRefused(@ForAll String line) {
        try {
            assertThat(FenceCommand.parse(line)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("null").message().isNotBlank();
        }
    }

    @Property
    void anyPeersAreReadOrRefused(@ForAll @CharRange(from = '0', to = '}') @StringLength(max = 40) String text) {
        parse(Map.of("peers", text, "listen", text));
        assertThat(problems).allSatisfy(p -> assertThat(p.key()).isIn("peers", "listen"));
    }

    @Test
    void allProblemsAtOnce() {
        assertThat(parse(Map.of("name", "a b", "listen", "x", "heartbeat", "1 s")))
                .isEmpty();
        assertThat(problems)
                .extracting(ConfigurationProblem::key)
                .containsExactlyInAnyOrder("name", "listen", "heartbeat");
    }

    @Test
    void whatCanBeChangedWhileRunning() {
        HostSettings now = parse(Map.of("name", "east")).orElseThrow();
        HostSettings next = parse(Map.of(
                        "name",
                        "west",
                        "peers",
                        "a=h:1",
                        "silenceTimeout",
                        "1 s",
                        "heartbeatPeriod",
                        "20 ms",
                        "fenceTimeout",
                        "3 s"))
                .orElseThrow();
        Problems found = new Problems(HostSettingsParser.PID);
        HostSettings changed = HostChange.apply(now, next, found);
        assertThat(found.list()).singleElement().satisfies(p -> {
            assertThat(p.key()).isEqualTo("name");
            assertThat(p.reason()).contains("'east' is in force until Kemari is restarted");
        });
        assertThat(changed.name()).isEqualTo("east");
        assertThat(changed.peers()).containsOnlyKeys("a");
        assertThat(changed.fence().timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(changed.silenceTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(changed.heartbeatPeriod()).isEqualTo(Duration.ofMillis(20));
    }
}
