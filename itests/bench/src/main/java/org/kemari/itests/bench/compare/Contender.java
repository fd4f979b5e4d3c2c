package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Two QEMUs of which one runs a guest and the other is ready to, however they have been brought to that. */
interface Contender extends AutoCloseable {
    /** The checkpoints of a time that begins now. */
    List<Checkpoint> observe(double seconds) throws IOException, InterruptedException;

    /** Ends the QEMU that runs the guest with SIGKILL; returns how long it takes until the other one runs it. */
    double takeoverMillis() throws IOException, TimeoutException;

    @Override
    void close() throws IOException, TimeoutException;
}
