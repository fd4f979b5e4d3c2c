package org.kemari.itests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The faults of the laboratory are what they say: three hosts talk all the time, and are asked what they hear. */
class FaultsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> NAMES = List.of("left", "right", "above");

    private static Lab lab;
    private static final Map<String, Host> HOSTS = new LinkedHashMap<>();

    /** A host that talks; what it has heard: by {@code speaker/wire}, the latest number and its travel time. */
    private static final class Host {
        private final Process process;
        private final Map<String, long[]> heard = new ConcurrentHashMap<>();

        Host(Process process) {
            this.process = process;
            Thread reader = new Thread(this::read, "kemari-faults-it");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String[] words = line.split(" ");
                    if (words[0].equals("heard")) {
                        heard.merge(
                                words[1] + "/" + Wire.values()[Integer.parseInt(words[2])],
                                new long[] {1, Long.parseLong(words[3]), Long.parseLong(words[4])},
                                (a, b) -> new long[] {a[0] + 1, b[1], b[2]});
                    } else if (!words[0].equals("ready")) {
                        System.err.println(line);
                    }
                }
            } catch (IOException e) {
                // the end of the process; if it comes too early, the test misses what it should have heard
                return;
            }
        }

        Map<String, Long> counts() {
            Map<String, Long> counts = new TreeMap<>();
            heard.forEach((who, what) -> counts.put(who, what[0]));
            return counts;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        lab = Lab.shared();
        NAMES.forEach(lab.network()::addHost);
        for (String name : NAMES) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx16m",
                    "-cp",
                    new File(Parrot.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                            .toString(),
                    Parrot.class.getName(),
                    name,
                    addresses(name)));
            NAMES.stream().filter(other -> !other.equals(name)).forEach(other -> command.add(addresses(other)));
            Process process = new ProcessBuilder(lab.network().command(name, command))
                    .redirectErrorStream(true)
                    .start();
            HOSTS.put(name, new Host(process));
        }
        awaitHeard(everything());
    }

    @AfterAll
    static void close() {
        HOSTS.values().forEach(host -> host.process.destroyForcibly());
    }

    @AfterEach
    void mend() throws Exception {
        lab.faults().repairAll();
        awaitHeard(everything());
    }

    private static String addresses(String host) {
        return String.join(
                ",",
                Arrays.stream(Wire.values())
                        .map(wire -> lab.network().address(host, wire))
                        .toList());
    }

    /** Everybody hears everybody, on all wires: as {@code speaker>hearer/wire}. */
    private static TreeSet<String> everything() {
        TreeSet<String> all = new TreeSet<>();
        for (String from : NAMES) {
            for (String to : NAMES) {
                for (Wire wire : Wire.values()) {
                    if (!from.equals(to)) {
                        all.add(from + ">" + to + "/" + wire);
                    }
                }
            }
        }
        return all;
    }

    private static TreeSet<String> everythingBut(String pattern) {
        TreeSet<String> rest = everything();
        rest.removeIf(way -> way.matches(pattern));
        return rest;
    }

    /** What is heard from now on; anything that is heard at all counts. */
    private static TreeSet<String> heardSince(Map<String, Map<String, Long>> before) {
        TreeSet<String> ways = new TreeSet<>();
        HOSTS.forEach((name, host) -> host.counts().forEach((who, count) -> {
            if (count > before.get(name).getOrDefault(who, 0L) + 20) {
                ways.add(who.replace("/", ">" + name + "/"));
            }
        }));
        return ways;
    }

    private static Map<String, Map<String, Long>> now() {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        HOSTS.forEach((name, host) -> counts.put(name, host.counts()));
        return counts;
    }

    /** Waits until exactly these ways are heard: all of them go on for long, and nothing comes on any other. */
    private static void awaitHeard(TreeSet<String> expected) throws Exception {
        Await.until("what is heard is " + expected, PATIENCE, () -> {
            Map<String, Map<String, Long>> before = now();
            Await.until("these go on: " + expected, PATIENCE, () -> heardSince(before)
                    .containsAll(expected));
            return heardSince(before).equals(expected);
        });
    }

    @Test
    void a_cut_host_hears_and_is_heard_by_nobody_but_its_console() throws Exception {
        try (Faults.Fault cut = lab.faults().cut("left")) {
            assertThat(cut).isNotNull();
            awaitHeard(everythingBut(".*left.*/(LAN|LINK)"));
        }
        awaitHeard(everything());
    }

    @Test
    void one_path_is_cut_and_the_other_is_not() throws Exception {
        try (Faults.Fault cut = lab.faults().cut("right", Wire.LINK)) {
            assertThat(cut).isNotNull();
            awaitHeard(everythingBut(".*right.*/LINK"));
        }
        try (Faults.Fault cut = lab.faults().cut("right", Wire.LAN)) {
            assertThat(cut).isNotNull();
            awaitHeard(everythingBut(".*right.*/LAN"));
        }
    }

    @Test
    void a_mute_host_hears() throws Exception {
        lab.faults().mute("left");
        awaitHeard(everythingBut("left>.*/(LAN|LINK)"));
    }

    @Test
    void a_deaf_host_is_heard() throws Exception {
        lab.faults().deafen("left");
        awaitHeard(everythingBut(".*>left/(LAN|LINK)"));
    }

    @Test
    void one_direction_between_two_hosts_is_lost() throws Exception {
        try (Faults.Fault lost = lab.faults().lose("left", "right")) {
            assertThat(lost).isNotNull();
            awaitHeard(everythingBut("left>right/(LAN|LINK)"));
        }
        lab.faults().lose("right", "left", Wire.LAN);
        awaitHeard(everythingBut("right>left/LAN"));
    }

    @Test
    void two_hosts_are_parted_and_a_third_one_hears_both() throws Exception {
        try (Faults.Fault apart = lab.faults().part("left", "right")) {
            assertThat(apart).isNotNull();
            awaitHeard(everythingBut("(left>right|right>left)/(LAN|LINK)"));
        }
        awaitHeard(everything());
    }

    @Test
    void a_slow_cable_delays_and_loses() throws Exception {
        Slowness slowness = new Slowness(Duration.ofMillis(50), Duration.ofMillis(20), 0.5, 1_000_000, 1);
        try (Faults.Fault slow = lab.faults().slow("left", slowness, Wire.LINK)) {
            assertThat(slow).isNotNull();
            long[] first = awaitMicros("right", "left/LINK", 30_000);
            awaitMicros("left", "above/LINK", 30_000);
            Await.until(
                    "right has heard of 200 words",
                    PATIENCE,
                    () -> HOSTS.get("right").heard.get("left/LINK")[1] > first[1] + 200);
            long[] later = HOSTS.get("right").heard.get("left/LINK");
            assertThat((later[0] - first[0]) / (double) (later[1] - first[1]))
                    .as("what arrives")
                    .isBetween(0.3, 0.7);
            assertThat(later[2]).as("microseconds under way").isGreaterThanOrEqualTo(30_000);
            awaitHeard(everything());
        }
        Await.until(
                "it is quick again", PATIENCE, () -> HOSTS.get("right").heard.get("left/LINK")[2] < 20_000);
    }

    private static long[] awaitMicros(String host, String who, long least) throws Exception {
        Await.until(
                host + " hears " + who + " late",
                PATIENCE,
                () -> HOSTS.get(host).heard.get(who)[2] >= least);
        return HOSTS.get(host).heard.get(who);
    }
}
