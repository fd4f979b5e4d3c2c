package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventsTest {
    @Test
    void aSignalIsTakenOnce() throws Exception {
        try (EventFd event = EventFd.create()) {
            assertThat(event.drain()).isFalse();
            event.signal();
            event.signal();
            assertThat(event.drain()).isTrue();
            assertThat(event.drain()).isFalse();
        }
    }

    @Test
    void tellsWhichAreReadable() throws Exception {
        try (Poller poller = new Poller();
                EventFd one = EventFd.create();
                EventFd two = EventFd.create()) {
            long[] ready = new long[4];
            poller.add(one.fd(), 1);
            poller.add(two.fd(), -2);
            assertThat(poller.await(ready, 0)).isZero();
            two.signal();
            assertThat(poller.await(ready, -1)).isEqualTo(1);
            assertThat(ready[0]).isEqualTo(-2);
            one.signal();
            assertThat(poller.await(ready, -1)).isEqualTo(2);
            assertThat(java.util.Arrays.copyOf(ready, 2)).containsExactlyInAnyOrder(1, -2);
            poller.remove(two.fd());
            one.drain();
            assertThat(poller.await(ready, 0)).isZero();
        }
    }

    @Test
    void oneSlotIsEnoughForProgress() throws Exception {
        try (Poller poller = new Poller();
                EventFd one = EventFd.create()) {
            long[] ready = new long[1];
            poller.add(one.fd(), 9);
            one.signal();
            poller.wakeup();
            // The wake-up takes no room from the one that is ready.
            assertThat(poller.await(ready, -1)).isEqualTo(1);
            assertThat(ready[0]).isEqualTo(9);
        }
    }

    @Test
    void isWokenUpAndClosedFromOutside() throws Exception {
        Poller poller = new Poller();
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> await0(poller));
        poller.wakeup();
        assertThat(first.get(10, TimeUnit.SECONDS)).isZero();
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> await0(poller));
        poller.close();
        try {
            assertThat(second.get(10, TimeUnit.SECONDS)).isZero();
        } catch (ExecutionException closedBefore) {
            assertThat(closedBefore).hasRootCauseMessage("the poller is closed");
        }
        assertThatThrownBy(() -> poller.await(new long[1], 0)).hasMessageContaining("closed");
    }

    @Test
    void anotherThreadsSignalArrives() throws Exception {
        try (Poller poller = new Poller();
                EventFd event = EventFd.create()) {
            poller.add(event.fd(), 5);
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> await0(poller));
            event.signal();
            await().untilAsserted(() -> assertThat(waiting).isCompletedWithValue(1));
        }
    }

    private static int await0(Poller poller) {
        try {
            return poller.await(new long[8], -1);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
