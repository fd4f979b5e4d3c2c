package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReleaseGateTest {
    private final List<Long> released = new ArrayList<>();
    private final ReleaseGate gate = new ReleaseGate(released::add);

    @Test
    void nothingIsLetOutUnlessTheMachineHasAgreed() {
        gate.committed(7, 1);
        gate.committed(0, 1);
        assertThat(released).isEmpty();
    }

    @Test
    void onlyTheSessionThatIsOpenCounts() {
        gate.open(7);
        gate.committed(7, 2);
        gate.committed(6, 3);
        gate.open(0);
        gate.committed(7, 3);
        gate.committed(0, 4);
        assertThat(released).containsExactly(2L);
    }

    @Test
    void closingWaitsForWhatIsBeingLetOut() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> order = new ArrayList<>();
        ReleaseGate slow = new ReleaseGate(epoch -> {
            inside.countDown();
            try {
                goOn.await(90, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            order.add("released");
        });
        slow.open(7);
        Thread reader = new Thread(() -> slow.committed(7, 2));
        reader.start();
        assertThat(inside.await(90, TimeUnit.SECONDS)).isTrue();
        Thread conductor = new Thread(() -> {
            slow.open(0);
            synchronized (order) {
                order.add("closed");
            }
        });
        conductor.start();
        goOn.countDown();
        reader.join();
        conductor.join();
        assertThat(order).containsExactly("released", "closed");
    }
}
