package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;

/** Everything reaches a console that has no Kemari, over a real connector. */
class RemoteConsoleTest {
    @TempDir
    Path directory;

    @Test
    void aConsoleWithoutKemariSeesEverything() throws Exception {
        System.setProperty("java.rmi.server.hostname", "127.0.0.1");
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        Figures figures = new Figures();
        figures.domains.put("web", Figures.domain(DomainState.PROTECTED, Optional.of(Figures.takeover())));
        figures.peers.add(Figures.peer(PeerState.ALIVE));
        figures.checks.add(new Check("domain web: tap", Level.WARNING, "no progress for 3 s", 5));
        figures.checks.add(new Check("arbiter", Level.OK, "answers", 6));
        Inventory inventory = new Inventory(figures, InventoryTest.registrar(server), "1.2.3", Clock.SYSTEM);
        inventory.reconcile();
        JMXConnectorServer connector = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi://127.0.0.1"), Map.of(), server);
        connector.start();
        Path output = directory.resolve("console.out");
        Process console = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classAlone().toString(),
                        Console.class.getName(),
                        connector.getAddress().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !console.isAlive() || Files.readString(output).contains("listening"));
            inventory.domainChanged(
                    Figures.domain(DomainState.JOINING, Optional.empty()),
                    Figures.domain(DomainState.PROTECTED, Optional.empty()));
            int status = console.waitFor();
            check(Files.readString(output), status);
        } finally {
            console.destroyForcibly();
            connector.stop();
        }
        assertThat(figures.asked)
                .containsExactly(
                        "takeover web",
                        "switchover web",
                        "stop web PT30S",
                        "protect web Optional.empty",
                        "protect web Optional[west]",
                        "reload",
                        "refresh");
    }

    /** A class path with the console's class and nothing else. */
    private Path classAlone() throws Exception {
        String file = Console.class.getName().replace('.', '/') + ".class";
        Path copy = directory.resolve("classes").resolve(file);
        Files.createDirectories(copy.getParent());
        try (var in = Console.class.getClassLoader().getResourceAsStream(file)) {
            Files.copy(in, copy);
        }
        return directory.resolve("classes");
    }

    private static void check(String said, int status) {
        assertThat(status).as(said).isZero();
        String latency = "{count=1000, maxMicros=44, p50Micros=11, p95Micros=22, p99Micros=33}";
        List<String> expected = List.of(
                "org.kemari:type=Domain,name=web A virtual machine on this host",
                "  Protected = true",
                "  Role = PRIMARY",
                "  State = PROTECTED",
                "  Reason = because of a test",
                "  Peer = west",
                "  Generation = 3",
                "  Session = 77",
                "  Epoch = 123",
                "  SinceEpochMillis = 1700000000000",
                "  HypervisorPid = 4711",
                "  GuestResets = 2",
                "  MemoryBytes = 536870912",
                "  Vcpus = 2",
                "  SyncPhase = last round",
                "  SyncRound = 4",
                "  SyncBytesDone = 100",
                "  SyncBytesTotal = 200",
                "  SyncBytesSent = 50",
                "  SyncBytesPerSecond = 25",
                "  SyncEstimatedMillis = 8",
                "  LastTakeover = {announcedMicros=6, decidedMicros=1, detectedEpochMillis=1700000000500, domain=web,"
                        + " epoch=123, fencedMicros=9, generation=4, loadedMicros=4, pendingRequests=7, reason=east was lost,"
                        + " restoredMicros=3, resumedMicros=20000, sealedMicros=2}",
                "  Takeovers = [{announcedMicros=6, decidedMicros=1, detectedEpochMillis=1700000000500, domain=web,"
                        + " epoch=123, fencedMicros=9, generation=4, loadedMicros=4, pendingRequests=7, reason=east was lost,"
                        + " restoredMicros=3, resumedMicros=20000, sealedMicros=2}]",
                "  StateChanges = [{generation=3, peer=west, reason=because of a test, role=PRIMARY,"
                        + " sinceEpochMillis=1700000000000, state=PROTECTED}]",
                "  SyncPercent = 50",
                "  TakeoverCount = 0",
                "  ProtectionLosses = 0",
                "  UnprotectedMillis = 0",
                "  PrimaryDomains = 1",
                "  StandbyDomains = 0",
                "  ProtectedDomains = 1",
                "  CheckLevel = WARNING",
                "  Connected = true",
                "  Device = disk0",
                "  Kind = BLOCK",
                "  Holding = true",
                "  InFlightRequests = 1",
                "  HeldOutputs = 2",
                "  Reads = 3",
                "  Writes = 4",
                "  Flushes = 5",
                "  BytesRead = 6",
                "  BytesWritten = 7",
                "  DroppedFrames = 8",
                "  LoggedFrames = 0",
                "  UnloggedFrames = 0",
                "  CopiedPackets = 0",
                "  ReplayedFrames = 0",
                "  ResentPackets = 0",
                "  Errors = 9",
                "  HoldLatency = " + latency,
                "  Outgoing = true",
                "  SentEpoch = 125",
                "  CommittedEpoch = 124",
                "  AppliedEpoch = 0",
                "  Checkpoints = 120",
                "  Pages = 9000",
                "  Bytes = 36000000",
                "  BytesPerEpoch = 250000",
                "  RawBytesPerEpoch = 500000",
                "  CheckpointBytes = 30000000",
                "  CheckpointRawBytes = 60000000",
                "  ZeroPages = 700",
                "  DeltaPages = 6000",
                "  Packing = lz4",
                "  PagesPerEpoch = {count=1000, max=44, p50=11, p95=22, p99=33}",
                "  StagingBytes = 1048576",
                "  StagingLimitBytes = 67108864",
                "  Capture = pagemap-scan",
                "  Pause = " + latency,
                "  Transfer = " + latency,
                "  Commit = " + latency,
                "  Apply = " + latency,
                "  Snapshots = 5",
                "  PendingRequests = 6",
                "  MirroredWrites = 7",
                "  MirroredFlushes = 8",
                "  MirroredBytes = 9",
                "  RestoredRequests = 10",
                "  Execute = " + latency,
                "  HeartbeatsSent = 3",
                "  HeartbeatsReceived = 4",
                "  Losses = 5",
                "  RoundTrip = " + latency,
                "  Paths = [10.0.0.2:7171: LOST, phi 12.3: silent for 600 ms,"
                        + " 10.1.0.2:7171: ALIVE, phi 0.3: heartbeats arrive]",
                "  Name = east",
                "  Version = 1.2.3",
                "  ListenAddress = 10.0.0.1:7171, 10.1.0.1:7171",
                "  Peers = {west=10.0.0.2:7171 | 10.1.0.2:7171, ALIVE: because}",
                "  Checks = [domain web: tap: WARNING: no progress for 3 s, arbiter: OK: answers]",
                "  CheckTable = [{level=WARNING, reason=no progress for 3 s, sinceEpochMillis=5, subject=domain web: tap},"
                        + " {level=OK, reason=answers, sinceEpochMillis=6, subject=arbiter}]",
                "  Evacuating = false",
                "  Domains = {web=PRIMARY PROTECTED: because of a test}",
                "  ConfigurationProblems = [db.yaml: memory: is missing, org.kemari.link: security: is neither]",
                "  ConfigurationChanges = [1970-01-01T00:00:00Z web.yaml: vcpus: '1' becomes '2'; in force some day]",
                "  ArbiterEngine = manual",
                "  Engine = manual",
                "  Records = {web=generation 1, owner east, standby west, session 77}",
                "  PendingDecisions = {web=may west run it?}",
                "invoke start[]: java.lang.IllegalStateException: web runs on west; stop it there",
                "invoke unprotect[]: java.lang.IllegalStateException: out of luck",
                "invoke takeover[]: null",
                "invoke switchover[]: null",
                "invoke evacuate[]: null",
                "invoke evacuate[]: java.lang.IllegalStateException: this host is being evacuated already",
                "evacuating: true",
                "invoke endEvacuation[]: null",
                "evacuating: false",
                "invoke stop[30]: null",
                "invoke stop[-1]: java.lang.IllegalArgumentException: graceSeconds is -1; expected 0 or more",
                "invoke protect[]: null",
                "invoke protect[west]: null",
                "invoke decide[db, true]: java.lang.IllegalArgumentException: nothing waits for a decision on domain"
                        + " db",
                "notified org.kemari.domain.state from org.kemari:type=Host Domain web: PRIMARY PROTECTED, generation"
                        + " 3: because of a test {domain=web, epoch=123, generation=3, peer=west, protected=true,"
                        + " reason=because of a test, role=PRIMARY, session=77, sinceEpochMillis=1700000000000,"
                        + " state=PROTECTED}");
        assertThat(said.lines()).containsAll(expected);
        assertThat(said).contains("notified org.kemari.domain.protection.restored from org.kemari:type=Host");
    }
}
