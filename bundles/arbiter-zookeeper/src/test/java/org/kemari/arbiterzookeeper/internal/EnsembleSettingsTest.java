package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnsembleSettingsTest {
    @Test
    void what_is_left_out_has_a_default() {
        EnsembleSettings settings = EnsembleSettings.parse(Map.of("connect", "one, [fd00::2]:2182,10.0.0.3:2183"));
        assertThat(settings.servers())
                .containsExactly(
                        new ServerAddress("one", 2181),
                        new ServerAddress("fd00::2", 2182),
                        new ServerAddress("10.0.0.3", 2183));
        assertThat(settings.root()).isEqualTo("/kemari");
        assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.restricted()).isFalse();
        assertThat(settings.tls()).isEmpty();
        assertThat(settings.servers().get(1)).hasToString("[fd00::2]:2182");
    }

    @ParameterizedTest
    @CsvSource({
        "connect, a:0",
        "connect, a:b",
        "connect, fd00::2",
        "connect, 'a b:1'",
        "root, kemari",
        "root, /",
        "root, /zookeeper/x",
        "root, /a//b",
        "root, /a/../b",
        "requestTimeout, 2",
        "requestTimeout, 99 ms",
        "requestTimeout, 11 s",
        "sessionTimeout, 2 min",
        "user, kemari",
        "password, secret",
        "tls, maybe",
        "tls, true"
    })
    void what_is_wrong_is_refused_with_its_key(String key, String value) {
        Map<String, Object> properties = new HashMap<>(Map.of("connect", "a:1"));
        properties.put(key, value);
        assertThatThrownBy(() -> EnsembleSettings.parse(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
                .hasMessageMatching("(" + key + "|password|user|trustStore): .*");
    }

    @Test
    void passwords_are_not_told() {
        EnsembleSettings settings = EnsembleSettings.parse(
                Map.of("connect", new String[] {"a:1", "b:2"}, "user", "kemari", "password", "secret"));
        assertThat(settings.servers()).hasSize(2);
        assertThat(settings.restricted()).isTrue();
        assertThat(settings.toString()).contains("kemari").doesNotContain("secret");
        assertThat(new EnsembleSettings.KeyStoreFile(Path.of("/a"), "secret").toString())
                .doesNotContain("secret");
        assertThat(ServerSettings.parse(Map.of("superPassword", "secret")).toString())
                .doesNotContain("secret");
        assertThat(List.of(ServerSettings.parse(Map.of()).clientAddress()))
                .containsExactly(new ServerAddress("0.0.0.0", 2181));
    }
}
