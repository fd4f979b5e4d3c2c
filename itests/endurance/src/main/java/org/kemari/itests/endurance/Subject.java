package org.kemari.itests.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordCheck;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.OwnerWatch;

/** A guest that is protected by itself, a client that has it keep numbered records, and what must be true of both. */
final class Subject implements AutoCloseable {
    private static final String ADDRESS = "198.18.7.100";
    private static final long PAUSE_NANOS = 20_000_000;
    private static final long DISK_BYTES = 64 << 20;

    private final Rig rig;
    private final DomainSpec domain;
    private final OwnerWatch watch;
    private final List<Long> acknowledged = new ArrayList<>();
    private RecordClient client;
    private String bootId;
    private long nextNumber = 1;

    private Subject(Rig rig, DomainSpec domain) {
        this.rig = rig;
        this.domain = domain;
        this.watch = OwnerWatch.begin(domain.name(), rig.group().hosts());
    }

    /** Starts the guest and waits until it is protected. */
    static Subject start(Rig rig, String name) throws TimeoutException, IOException {
        DomainSpec domain = new DomainSpec(name, ADDRESS)
                .kernel(rig.image())
                .standbys("east", "west")
                .automatic(true)
                .writePolicy(rig.writePolicy())
                .yaml("  epochsInFlight: 2\n  targetLatency: 10 ms\n"); // the way with the most that can be cut off
        String file = name + "-data.img";
        GuestDisks.makeExt4(rig.east().files().disks().resolve(file), DISK_BYTES);
        GuestDisks.makeEmpty(rig.west().files().disks().resolve(file), DISK_BYTES);
        domain.mirrored("data", file, 1);
        domain.define(rig.east(), rig.west());
        Subject subject = new Subject(rig, domain);
        rig.east().console().domain(name).start();
        subject.connect();
        subject.awaitProtected();
        return subject;
    }

    String name() {
        return domain.name();
    }

    String address() {
        return domain.address();
    }

    private void connect() throws TimeoutException, IOException {
        try (GuestControl control = GuestControl.await(ADDRESS, Rig.PATIENCE)) {
            bootId = control.bootId();
        }
        client = RecordClient.start(ADDRESS, GuestPorts.RECORD, nextNumber, PAUSE_NANOS);
        awaitAnswers(3);
    }

    KemariHost awaitProtected() throws TimeoutException {
        return rig.group().awaitProtected(domain.name(), Rig.PATIENCE);
    }

    void awaitAnswers(int more) throws TimeoutException {
        awaitAnswersOrEnd(more, false);
    }

    /** Whether the client has so many more answers; otherwise the guest has come to its end, if it may. */
    boolean awaitAnswersOrEnd(int more, boolean mayEnd) throws TimeoutException {
        int wanted = client.count() + more;
        Await.until("the client has " + more + " more answers", Rig.PATIENCE, () -> {
            if (!mayEnd) {
                client.failure().ifPresent(e -> {
                    throw new Await.AbortWaiting("the client's connection broke: " + e);
                });
            }
            return client.count() >= wanted || mayEnd && isEnded();
        });
        return client.count() >= wanted;
    }

    private boolean isEnded() {
        return rig.group().hosts().stream()
                .allMatch(host -> host.isRunning()
                        && host.hypervisorPids().isEmpty()
                        && host.console().domain(domain.name()).getRole().equals("NONE"));
    }

    /** The guest has come to its end: its owner starts it again. What was acknowledged must still be there in the end. */
    void startAgain() throws TimeoutException, IOException {
        client.close(); // nobody answers any more
        keepAccount();
        RuntimeException refusal = null;
        boolean started = false;
        for (KemariHost host : rig.group().hosts()) {
            try {
                // the mark of a takeover that was not finished: only an operator may overrule it
                Files.deleteIfExists(
                        host.files().stateRoot().resolve(domain.name()).resolve("standby"));
                host.console().domain(domain.name()).start();
                started = true;
                break;
            } catch (RuntimeException e) {
                refusal = e;
            }
        }
        if (!started) {
            throw refusal;
        }
        connect();
    }

    private void keepAccount() throws IOException {
        List<RecordClient.Answer> answers = client.finish();
        answers.forEach(a -> acknowledged.add(a.number()));
        // the one that was under way may have been kept: its number is not used again
        nextNumber = acknowledged.get(acknowledged.size() - 1) + 2;
    }

    /** The longest time for which a request waited that was answered since then. */
    long longestWaitNanos(long sinceNanos) {
        return client.answers().stream()
                .filter(a -> a.answeredNanos() - sinceNanos >= 0)
                .mapToLong(RecordClient.Answer::nanos)
                .max()
                .orElse(0);
    }

    /** What is wrong now; the guest is running. */
    List<String> faults() throws TimeoutException, IOException {
        List<String> faults = new ArrayList<>(watch.faults());
        client.failure().ifPresent(e -> faults.add("the client's connection broke: " + e));
        try (GuestControl control = GuestControl.await(ADDRESS, Rig.PATIENCE)) {
            if (!control.bootId().equals(bootId)) {
                faults.add("the guest has booted again");
                bootId = control.bootId();
            }
        }
        return faults;
    }

    List<String> story() {
        return watch.story();
    }

    /** Ends the guest, and looks on both hosts' disks for every record that was acknowledged. */
    List<String> finish() throws TimeoutException, IOException {
        KemariHost primary = awaitProtected();
        List<String> faults = faults();
        keepAccount();
        primary.console().domain(domain.name()).stop(0);
        for (KemariHost host : rig.group().hosts()) {
            host.console().awaitState(domain.name(), Rig.PATIENCE, "STOPPED");
            Path disk = domain.disks().get(0).on(host);
            GuestDisks.replayJournal(disk);
            String check = GuestDisks.check(disk);
            if (!check.isEmpty()) {
                faults.add("the file system on " + host.name() + ": " + check);
            }
            RecordCheck.ofFile(GuestDisks.extract(disk, "/records"), acknowledged)
                    .faults()
                    .forEach(f -> faults.add(host.name() + ": " + f));
        }
        return faults;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    @Override
    public void close() {
        watch.close();
    }
}
