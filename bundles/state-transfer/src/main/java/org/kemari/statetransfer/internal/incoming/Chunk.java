package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.kemari.linux.NativeMemory;

/** A piece of staging memory that is filled from its beginning. Used by one thread at a time. */
final class Chunk {
    private final NativeMemory memory;
    private final ByteBuffer view;
    private int used;

    Chunk(String domain, int bytes) throws IOException {
        memory = NativeMemory.allocate(bytes).countFor(domain, "staging of checkpoints");
        view = memory.buffer(0, bytes);
    }

    int room() {
        return view.capacity() - used;
    }

    int used() {
        return used;
    }

    /** A view of the next bytes, which are used from now on. */
    ByteBuffer append(int length) {
        ByteBuffer room = view.slice(used, length);
        used += length;
        return room;
    }

    /** Gives back what was used after this mark. */
    void rewind(int mark) {
        used = mark;
    }

    /** Gives the memory back to the system; no view of it may be used any more. */
    void free() {
        memory.close();
    }
}
