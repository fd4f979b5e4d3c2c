package org.kemari.page.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SameOriginTest {
    private static boolean isOurs(String... namesAndValues) {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return SameOrigin.isOurs(headers::get);
    }

    @Test
    void our_page_is() {
        assertThat(isOurs(
                        "X-Kemari", "page",
                        "Host", "127.0.0.1:8181",
                        "Origin", "http://127.0.0.1:8181",
                        "Sec-Fetch-Site", "same-origin"))
                .isTrue();
    }

    @Test
    void a_browser_may_say_less_and_something_else_may_do_tls() {
        assertThat(isOurs("X-Kemari", "page", "Host", "east")).isTrue();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Origin", "https://east"))
                .isTrue();
    }

    @Test
    void forms_and_other_pages_are_not() {
        assertThat(isOurs("Host", "east", "Origin", "http://east", "Sec-Fetch-Site", "same-origin"))
                .isFalse();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Origin", "http://west"))
                .isFalse();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Origin", "http://east:81"))
                .isFalse();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Sec-Fetch-Site", "same-site"))
                .isFalse();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Origin", "null")).isFalse();
        assertThat(isOurs("X-Kemari", "page", "Host", "east", "Origin", "::")).isFalse();
        assertThat(isOurs("X-Kemari", "page", "Origin", "http://east")).isFalse();
    }
}
