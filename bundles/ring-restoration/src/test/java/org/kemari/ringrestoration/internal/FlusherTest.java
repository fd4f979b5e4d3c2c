package org.kemari.ringrestoration.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FlusherTest {
    private final AtomicInteger flushes = new AtomicInteger();

    @Test
    void requestsDuringAFlushShareTheNextOne() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Flusher flusher = new Flusher(
                () -> {
                    flushes.incrementAndGet();
                    started.countDown();
                    await(go);
                },
                "kemari-flush-test")) {
            flusher.request();
            started.await();
            flusher.request();
            flusher.request();
            go.countDown();
            flusher.await();
            assertThat(flushes).hasValue(2);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void closingWaitsForWhatWasAskedFor() {
        Flusher flusher = new Flusher(flushes::incrementAndGet, "kemari-flush-test");
        flusher.request();
        flusher.close();
        assertThat(flushes).hasValue(1);
        flusher.close();
    }

    @Test
    void aFailureIsToldFromThenOn() throws Exception {
        try (Flusher flusher = new Flusher(
                () -> {
                    throw new IOException("No space left");
                },
                "kemari-flush-test")) {
            flusher.check();
            flusher.request();
            assertThatThrownBy(flusher::await).hasMessageContaining("No space left");
            assertThatThrownBy(flusher::check).isInstanceOf(IOException.class);
            assertThatThrownBy(flusher::check).isInstanceOf(IOException.class);
        }
    }
}
