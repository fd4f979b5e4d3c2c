package org.kemari.management.internal;

import java.io.IOException;

/** Where the thresholds are kept. Safe for use by many threads. */
interface ThresholdStore {
    ThresholdSettings settings();

    /**
     * They are in force, and kept, when this returns.
     *
     * @throws IOException if they cannot be kept; then nothing has changed
     */
    void change(ThresholdSettings settings) throws IOException;
}
