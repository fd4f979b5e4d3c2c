package org.kemari.itests.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** Makes failures happen to a protected guest and tells what came of them. */
final class Trials {
    private static final String LOAD = "dirty 16 500";
    private static final String NO_LOAD = "dirty 0 0";
    /** The clocks of JVMs on one machine differ by their resolution. */
    private static final long CLOCK_MILLIS = 5;

    private final Rig rig;
    private final Subject subject;

    Trials(Rig rig, Subject subject) {
        this.rig = rig;
        this.subject = subject;
    }

    /** One failure at one moment. The guest is protected before and, if all is well, after it. */
    Trial run(Failure failure, Moment moment) throws InterruptedException {
        try {
            KemariHost primary = subject.awaitProtected();
            prepare(moment, primary);
            long beginMillis = System.currentTimeMillis();
            long begin = System.nanoTime();
            if (moment == Moment.TAKEOVER) {
                primary.killHypervisors();
                Thread.sleep(rig.random().nextInt(40));
            }
            failure.strike(rig, primary);
            if (failure.killsPrimary() && moment != Moment.SYNC) {
                // the dead host comes back only when its guest runs elsewhere: that is what is measured
                awaitRunningOn(rig.other(primary));
                subject.awaitAnswers(3);
            }
            Thread.sleep(failure.millis);
            rig.repair();
            boolean goesOn = subject.awaitAnswersOrEnd(3, moment.mayEnd(failure));
            String outcome = "went on";
            long silence = goesOn ? subject.longestWaitNanos(begin) / 1_000_000 : -1;
            if (!goesOn) {
                subject.startAgain();
                outcome = "ended, started again";
            }
            KemariHost now = subject.awaitProtected();
            long protectedMillis = (System.nanoTime() - begin) / 1_000_000;
            Optional<Trial.Takeover> takeover = takeover(now, beginMillis);
            if (goesOn && now != primary) {
                outcome = "taken over";
            }
            load(NO_LOAD);
            return new Trial(
                    failure.words, moment.words, outcome, takeover, silence, protectedMillis, subject.faults());
        } catch (TimeoutException | IOException | RuntimeException e) {
            return failed(failure.words, moment.words, e);
        }
    }

    /** With all that may help to find out why: a run on another machine leaves nothing but this. */
    private Trial failed(String what, String when, Exception e) {
        List<String> faults = new ArrayList<>(List.of(String.valueOf(e.getMessage())));
        faults.add(rig.group().describe(subject.name()));
        faults.addAll(rig.group().whereabouts());
        return new Trial(what, when, "?", Optional.empty(), -1, -1, faults);
    }

    /** An operator moves the guest to the other host. */
    Trial switchover() {
        String what = "switchover";
        try {
            KemariHost primary = subject.awaitProtected();
            long begin = System.nanoTime();
            long beginMillis = System.currentTimeMillis();
            primary.console().domain(subject.name()).switchover();
            awaitRunningOn(rig.other(primary));
            subject.awaitAnswers(3);
            KemariHost now = subject.awaitProtected();
            List<String> faults = new ArrayList<>(subject.faults());
            if (now == primary) {
                faults.add("the guest has not moved");
            }
            return new Trial(
                    what,
                    Moment.IDLE.words,
                    "moved",
                    takeover(now, beginMillis),
                    subject.longestWaitNanos(begin) / 1_000_000,
                    (System.nanoTime() - begin) / 1_000_000,
                    faults);
        } catch (TimeoutException | IOException | RuntimeException e) {
            return failed(what, Moment.IDLE.words, e);
        }
    }

    private void prepare(Moment moment, KemariHost primary) throws IOException, TimeoutException, InterruptedException {
        switch (moment) {
            case IDLE -> Thread.sleep(rig.random().nextInt(300));
            case LOADED, TAKEOVER, CHECKPOINT -> {
                load(LOAD);
                subject.awaitAnswers(3);
                Thread.sleep(rig.random().nextInt(300));
                if (moment == Moment.CHECKPOINT) {
                    awaitNextEpoch(primary);
                }
            }
            case SYNC -> {
                load("dirty 128 0");
                var bean = primary.console().domain(subject.name());
                bean.unprotect();
                primary.console().awaitState(subject.name(), Rig.PATIENCE, "SOLO");
                bean.protect(rig.other(primary).name());
                Await.until(
                        "the sync is under way",
                        Rig.PATIENCE,
                        5,
                        () -> bean.getState().equals("SYNCING") && bean.getSyncBytesDone() > 0);
            }
        }
    }

    /** Under load one checkpoint follows the other: just after one was committed the next one is being taken. */
    private void awaitNextEpoch(KemariHost primary) throws TimeoutException {
        var bean = primary.console().domain(subject.name());
        long epoch = bean.getEpoch();
        Await.until("a checkpoint is committed", Rig.PATIENCE, 1, () -> bean.getEpoch() > epoch);
    }

    private void load(String command) throws IOException, TimeoutException {
        try (GuestControl control = GuestControl.await(subject.address(), Rig.PATIENCE)) {
            control.ask(command);
        }
    }

    private void awaitRunningOn(KemariHost host) throws TimeoutException {
        host.console().awaitRole(subject.name(), Rig.PATIENCE, "PRIMARY");
    }

    private Optional<Trial.Takeover> takeover(KemariHost primary, long sinceMillis) {
        TakeoverView view = primary.console().domain(subject.name()).getLastTakeover();
        if (view == null || view.getDetectedEpochMillis() < sinceMillis - CLOCK_MILLIS) {
            return Optional.empty();
        }
        long detected = Math.max(0, view.getDetectedEpochMillis() - sinceMillis);
        return Optional.of(new Trial.Takeover(
                detected, detected + view.getDecidedMicros() / 1e3, detected + view.getResumedMicros() / 1e3));
    }
}
