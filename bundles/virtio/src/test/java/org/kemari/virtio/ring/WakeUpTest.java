package org.kemari.virtio.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.virtio.testing.DriverRing.Buffer.readable;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.Guest;

/** Driver and device on two threads that sleep whenever the protocol says that the other side will wake them. */
class WakeUpTest {
    private static final int REQUESTS = 60_000;
    private static final long BASE = 0x1000;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noWakeUpIsEverLost(boolean eventIndex) throws Exception {
        try (Guest guest = new Guest(BASE, 0x10_000)) {
            DriverRing driver = guest.ring(BASE, 4, eventIndex, 60_000);
            long features = eventIndex ? RingFeatures.EVENT_IDX : 0;
            Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), features, 60_000);
            Semaphore kicks = new Semaphore(0);
            Semaphore calls = new Semaphore(0);
            AtomicReference<Exception> failure = new AtomicReference<>();
            Thread device = new Thread(() -> serve(queue, kicks, calls, failure), "device");
            device.setDaemon(true);
            device.start();
            int sent = 0;
            int done = 0;
            while (done < REQUESTS) {
                while (sent < REQUESTS && driver.freeDescriptors() > 0) {
                    driver.add(List.of(readable(BASE + 0x8000, 64)));
                    sent++;
                    if (driver.show()) {
                        kicks.release();
                    }
                }
                boolean any = false;
                while (driver.poll().isPresent()) {
                    done++;
                    any = true;
                }
                if (!any && driver.armSignalAndCheckIdle()) {
                    assertThat(calls.tryAcquire(20, TimeUnit.SECONDS))
                            .as("lost wake-up after %d of %d", done, sent)
                            .isTrue();
                }
            }
            device.interrupt();
            device.join();
            assertThat(failure.get()).isNull();
        }
    }

    private static void serve(Virtqueue queue, Semaphore kicks, Semaphore calls, AtomicReference<Exception> failure) {
        DescriptorChain chain = new DescriptorChain();
        try {
            while (true) {
                queue.disableNotifications();
                while (queue.pop(chain)) {
                    queue.pushUsed(chain.head(), 0);
                    queue.publish();
                    if (queue.shouldNotify()) {
                        calls.release();
                    }
                }
                if (!queue.enableNotifications()) {
                    kicks.acquire();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RingException e) {
            failure.set(e);
        }
    }
}
