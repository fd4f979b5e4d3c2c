package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.stats.NativeMemoryUse;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.linux.internal.MemoryAccount;

/** Memory outside the heap is accounted for, and all of a session's is given back on both sides. */
@Timeout(60)
class NativeMemoryTest {
    private static final long MIB = 1 << 20;

    private static List<NativeMemoryUse> ofDomain() {
        return new MemoryAccount()
                .uses().stream().filter(use -> use.domain().equals("web")).toList();
    }

    @Test
    void theEndOfASessionGivesBackAllThatItHad() throws Exception {
        // what other tests have left may still be on its way back
        Awaitility.await().until(() -> ofDomain().isEmpty());
        try (TestPair pair = new TestPair(16 * MIB, MIB, TransferSettings.DEFAULT, 21)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            assertThat(ofDomain())
                    .extracting(NativeMemoryUse::use)
                    .containsExactly(
                            "copy of guest memory, to compare with",
                            "guest memory, to be copied",
                            "marks of what is to be copied",
                            "marks of what was written",
                            "pages as they were sent last",
                            "pages copied in a pause",
                            "staging of checkpoints",
                            "the standby's image of guest memory");
            assertThat(ofDomain()).contains(new NativeMemoryUse("web", "guest memory, to be copied", 16 * MIB));
            session.close();
            pair.standby.awaitEnded();
            pair.standby.session().seal();
            Awaitility.await().until(() -> ofDomain().isEmpty());
        }
    }
}
