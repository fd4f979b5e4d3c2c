package org.kemari.shell.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.shell.internal.view.Speedometer.Speed;

class SpeedometerTest {
    private static final long SECOND = 1_000_000_000L;

    private final Speedometer speedometer = new Speedometer();

    private Optional<Speed> look(long checkpoints, double seconds) {
        DomainStatus status =
                Samples.domain("web", Role.PRIMARY, DomainState.PROTECTED, 3, checkpoints, Optional.empty());
        return speedometer.look(status, (long) (seconds * SECOND));
    }

    @Test
    void speedIsWhatHasComeSinceTheLastLook() {
        assertThat(look(100, 1)).as("the first look").isEmpty();
        assertThat(look(150, 3)).contains(new Speed(25, 250, 25 * 40_960));
        assertThat(look(151, 3.1)).as("a look that follows closely").contains(new Speed(25, 250, 25 * 40_960));
        assertThat(look(160, 4)).contains(new Speed(10, 100, 10 * 40_960));
    }

    @Test
    void whatWasLongAgoOrOfAnotherSessionDoesNotCount() {
        look(100, 1);
        assertThat(look(200, 60)).isEmpty();
        assertThat(look(100, 61)).as("counters that began anew").isEmpty();
        assertThat(look(0, 62)).as("no session").isEmpty();
        assertThat(look(300, 63)).isEmpty();
    }
}
