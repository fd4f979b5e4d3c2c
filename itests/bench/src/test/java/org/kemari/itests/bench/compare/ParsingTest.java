package org.kemari.itests.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What programs print. */
class ParsingTest {
    @Test
    void redisBenchmark() throws IOException {
        String csv = "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\","
                + "\"p99_latency_ms\",\"max_latency_ms\"\n"
                + "\"SET\",\"54054.05\",\"36.551\",\"20.976\",\"35.679\",\"55.263\",\"60.127\",\"61.407\"\n";
        assertThat(Redis.Outcome.parse(csv)).isEqualTo(new Redis.Outcome(54054.05, 35.679, 60.127));
        assertThatIOException()
                .isThrownBy(() -> Redis.Outcome.parse("Could not connect"))
                .withMessageContaining("Could not connect");
        assertThatIOException().isThrownBy(() -> Redis.Outcome.parse(""));
    }

    @Test
    void wrk() throws IOException {
        String text =
                "  Latency Distribution\n     50%  912.00us\n     75%    3.10ms\n     90%   12.34ms\n     99%    1.02s \n"
                        + "  1234 requests in 1.00s, 5.43MB read\nRequests/sec:   1230.50\nTransfer/sec:      5.41MB\n";
        assertThat(Http.rate(text)).isEqualTo(1230.5);
        assertThat(Http.millis(text, 50)).isEqualTo(0.912);
        assertThat(Http.millis(text, 90)).isEqualTo(12.34);
        assertThat(Http.millis(text, 99)).isEqualTo(1020);
        assertThatIOException().isThrownBy(() -> Http.rate("Requests/sec:      0.00"));
        assertThatIOException().isThrownBy(() -> Http.millis("unable to connect", 50));
    }

    @Test
    void ldd() {
        String text = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f12)\n"
                + "\t/lib64/ld-linux-x86-64.so.2 (0x00007f34)\n";
        assertThat(Programs.libraries(text))
                .containsExactly("/lib/x86_64-linux-gnu/libm.so.6", "/lib64/ld-linux-x86-64.so.2");
        assertThat(Programs.libraries("\tstatically linked\n")).isEmpty();
    }

    @Test
    void whetherColoCouldRun() {
        assertThat(ColoPeer.judge("q", "QEMU emulator version 7.2.22 (Debian 1:7.2)"))
                .hasValueSatisfying(why -> assertThat(why).contains("7.2").contains("needed"));
        assertThat(ColoPeer.judge("q", "QEMU emulator version 11.0.2"))
                .hasValueSatisfying(why -> assertThat(why).contains("needed"));
        assertThat(ColoPeer.judge("q", "QEMU emulator version 11.1.3")).isEmpty();
        assertThat(ColoPeer.judge("q", "QEMU emulator version 12.0.0")).isEmpty();
        assertThat(ColoPeer.judge("q", "hello"))
                .hasValueSatisfying(why -> assertThat(why).contains("does not say"));
    }

    @Test
    void checkpointsOfColo() {
        List<String> primary = List.of(
                "2026-01-02T03:04:05.000000Z colo_receive_message Receive 'checkpoint-ready' message",
                "2026-01-02T03:04:05.100000Z colo_receive_message Receive 'checkpoint-reply' message",
                "2026-01-02T03:04:05.100250Z colo_vm_state_change Change 'run' => 'stop'",
                "2026-01-02T03:04:05.103000Z colo_receive_message Receive 'vmstate-received' message",
                "2026-01-02T03:04:05.106000Z colo_vm_state_change Change 'stop' => 'run'",
                // this one ends after QEMU
                "2026-01-02T03:04:05.200000Z colo_receive_message Receive 'checkpoint-reply' message",
                "2026-01-02T03:04:05.200100Z colo_vm_state_change Change 'run' => 'st");
        List<String> secondary = List.of(
                "2026-01-02T03:04:05.003000Z colo_flush_ram_cache_begin dirty_pages 9999",
                "2026-01-02T03:04:05.104000Z colo_flush_ram_cache_begin dirty_pages 1025");
        double begin = ColoTrace.millis(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(ColoTrace.parse(primary, secondary, begin, begin + 1000))
                .singleElement()
                .satisfies(checkpoint -> {
                    assertThat(checkpoint.pauseMillis()).isCloseTo(6, within(1e-3));
                    assertThat(checkpoint.stopMillis()).isCloseTo(0.25, within(1e-3));
                    assertThat(checkpoint.pages()).isEqualTo(1025);
                });
        assertThat(ColoTrace.parse(primary, secondary, begin + 150, begin + 1000))
                .isEmpty();
    }

    @Test
    void checkpointsOfKemari() {
        String line = "2026-01-02T03:04:05,678 | DEBUG | kemari-x | PrimarySession | 72 - org.kemari - 1 | Domain %s: "
                + "CheckpointReport[epoch=7, pauseNanos=2500000, stopNanos=600000, captureNanos=1, pages=12, bytes=3]";
        assertThat(Checkpoint.ofKemari("a", List.of(line.formatted("a"), line.formatted("b"), "Domain a: ready")))
                .containsExactly(new Checkpoint(2.5, 0.6, 12));
    }

    @Test
    void theSourceIsAlwaysTheSame() {
        assertThat(Compile.source()).isEqualTo(Compile.source()).contains("step2(");
    }
}
