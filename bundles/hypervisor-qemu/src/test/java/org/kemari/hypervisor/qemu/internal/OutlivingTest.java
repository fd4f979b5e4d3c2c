package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.hypervisor.VmExit;

/** A guest does not notice that the JVM which has started it is killed; another one takes charge of it. */
class OutlivingTest {
    /** The JVM to be killed. */
    public static final class Starter {
        private Starter() {}

        public static void main(String[] arguments) throws Exception {
            @SuppressWarnings("resource") // it is killed, and closes nothing
            TestHost host = new TestHost("qemu-system-x86_64", Path.of(arguments[0]));
            host.launch(host.guest("web", "q35", 'c'), LaunchMode.BOOT, new EventLog())
                    .resume();
            TimeUnit.MINUTES.sleep(5);
        }
    }

    @Test
    void aGuestOutlivesTheJvmThatStartedIt() throws Exception {
        try (TestHost host = new TestHost()) {
            DomainDefinition domain = host.guest("web", "q35", 'c');
            Process starter = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Starter.class.getName(),
                            host.root.toString())
                    .inheritIO()
                    .start();
            try {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> !starter.isAlive() || host.console("web").equals("c"));
                assertThat(starter.isAlive()).isTrue();
            } finally {
                starter.destroyForcibly().waitFor();
            }
            EventLog log = new EventLog();
            VirtualMachine machine = host.keep(
                    host.hypervisor.adopt(domain, host.paths("web"), log).orElseThrow());
            machine.awaitReady(Duration.ofSeconds(10));
            int before = host.counter("web");
            await().until(() -> Integer.compareUnsigned(host.counter("web"), before) > 0);

            ProcessHandle.of(machine.pid()).orElseThrow().destroy();
            assertThat(log.awaitExit().cause()).isEqualTo(VmExit.Cause.HYPERVISOR_FAILED);
            assertThat(machine.isAlive()).isFalse();
            assertThat(host.paths("web").ramFile()).doesNotExist();
        }
    }
}
