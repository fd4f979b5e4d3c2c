package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConductorTest {
    private final List<Action> performed = new CopyOnWriteArrayList<>();
    private final CountDownLatch handled = new CountDownLatch(1);
    private volatile boolean failed;

    private final class Score implements Conductor.Score {
        @Override
        public List<Action> handle(Event event, long nowNanos) {
            return List.of(
                    new Action.HoldOutputs(),
                    new Action.TakeCheckpoint(1),
                    new Action.CloseSession(),
                    new Action.PassThrough(),
                    new Action.Destroy());
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void perform(Action action) {
            if (action instanceof Action.HoldOutputs || action instanceof Action.CloseSession) {
                throw new IllegalStateException("unforeseen");
            }
            performed.add(action);
        }

        @Override
        public void failed() {
            failed = true;
        }

        @Override
        public void afterEvent() {
            handled.countDown();
        }

        @Override
        public boolean isOver() {
            return true;
        }
    }

    @Test
    void afterAFailureNothingIsBegunAndEverythingIsEnded() throws InterruptedException {
        Conductor conductor = new Conductor("test", new Score(), System::nanoTime);
        conductor.post(new Event.Tick());
        conductor.start();
        assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(performed).containsExactly(new Action.Destroy());
        assertThat(failed).isTrue();
    }
}
