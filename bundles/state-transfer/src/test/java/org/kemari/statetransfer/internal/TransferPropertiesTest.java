package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransferPropertiesTest {
    @Test
    void whatIsLeftOutHasItsDefault() {
        TransferProperties.Parsed parsed =
                TransferProperties.parse(Map.of("service.pid", "x", "tapTimeoutMillis", " "));
        assertThat(parsed.settings()).isEqualTo(TransferSettings.DEFAULT);
        assertThat(parsed.problems()).isEmpty();
    }

    @Test
    void textsAndNumbersAreTaken() {
        TransferSettings settings = TransferProperties.parse(
                        Map.of("stagingMebibytes", 48, "captureMebibytes", "16", "commitTimeoutMillis", 600_000L))
                .settings();
        assertThat(settings.stagingBytes()).isEqualTo(48L << 20);
        assertThat(settings.captureBytes()).isEqualTo(16L << 20);
        assertThat(settings.commitTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void allMistakesAreTold() {
        assertThat(TransferProperties.parse(Map.of(
                                "stagingMebibytes", "47",
                                "captureMebibytes", "all",
                                "syncTimeoutMillis", "3600001",
                                "connectTimeoutMillis", "-1"))
                        .problems())
                .extracting(Object::toString)
                .containsExactly(
                        "org.kemari.transfer: stagingMebibytes: 47 is too little: 0, or 48 or more",
                        "org.kemari.transfer: captureMebibytes: 'all' is not a whole number",
                        "org.kemari.transfer: connectTimeoutMillis: -1 is out of range: 100 to 600000",
                        "org.kemari.transfer: syncTimeoutMillis: 3600001 is out of range: 1000 to 3600000");
    }
}
