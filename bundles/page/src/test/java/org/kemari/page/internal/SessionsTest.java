package org.kemari.page.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.kemari.page.internal.Sessions.Session;

class SessionsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Sessions sessions = new Sessions(Duration.ofMinutes(10), Duration.ofMinutes(60));
    private final Subject subject = new Subject();

    @Test
    void a_secret_leads_to_its_user_and_no_other_does() {
        String token = sessions.begin("ada", subject, 0);
        assertThat(token).hasSizeGreaterThan(40).isNotEqualTo(sessions.begin("ada", subject, 0));
        assertThat(sessions.use(token, 1)).map(Session::user).contains("ada");
        assertThat(sessions.use("", 1)).isEmpty();
        assertThat(sessions.use(token + "x", 1)).isEmpty();
    }

    @Test
    void it_ends_when_it_is_not_used_and_goes_on_when_it_is() {
        String token = sessions.begin("ada", subject, 0);
        assertThat(sessions.use(token, 9 * MINUTE)).isPresent();
        assertThat(sessions.use(token, 18 * MINUTE)).isPresent();
        assertThat(sessions.use(token, 29 * MINUTE)).isEmpty();
        assertThat(sessions.use(token, 18 * MINUTE)).as("it does not come back").isEmpty();
    }

    @Test
    void it_ends_in_the_end() {
        String token = sessions.begin("ada", subject, 0);
        for (int minute = 5; minute <= 60; minute += 5) {
            assertThat(sessions.use(token, minute * MINUTE)).isPresent();
        }
        assertThat(sessions.use(token, 61 * MINUTE)).isEmpty();
    }

    @Test
    void it_ends_when_its_user_says_so() {
        String token = sessions.begin("ada", subject, 0);
        sessions.end(token);
        assertThat(sessions.use(token, 1)).isEmpty();
    }

    @Test
    void new_limits_are_for_all() {
        String token = sessions.begin("ada", subject, 0);
        sessions.limit(Duration.ofMinutes(1), Duration.ofMinutes(60));
        assertThat(sessions.use(token, 2 * MINUTE)).isEmpty();
    }

    @Test
    void there_are_never_too_many_and_who_is_there_stays() {
        String first = sessions.begin("ada", subject, 0);
        String second = sessions.begin("bob", subject, 1);
        sessions.use(first, 2);
        for (int i = 2; i <= Sessions.MOST; i++) {
            sessions.begin("crowd", subject, 10 + i);
        }
        assertThat(sessions.use(second, 1000)).isEmpty();
        assertThat(sessions.use(first, 1000)).isPresent();
    }
}
