package org.kemari.api.arbiter;

import java.util.Objects;
import java.util.Optional;

/** What became of a compare-and-set. */
public sealed interface CasOutcome {
    /** The record is now what was asked for. */
    record Won(OwnershipRecord record) implements CasOutcome {
        public Won {
            Objects.requireNonNull(record);
        }
    }

    /** The record was not what was expected and has not been changed. */
    record Lost(Optional<OwnershipRecord> current) implements CasOutcome {
        public Lost {
            Objects.requireNonNull(current);
        }
    }

    /**
     * Nobody knows; it may even take effect later. Keep holding, and try again: never act on a read alone.
     *
     * @param reason for people
     */
    record Unknown(String reason) implements CasOutcome {
        public Unknown {
            Objects.requireNonNull(reason);
        }
    }

    /**
     * An operator has to decide first; nothing has been changed. Ask again.
     *
     * @param reason what the operator is asked, for people
     */
    record Undecided(String reason) implements CasOutcome {
        public Undecided {
            Objects.requireNonNull(reason);
        }
    }
}
