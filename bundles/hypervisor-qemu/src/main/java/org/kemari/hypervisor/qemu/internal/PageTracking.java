package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.util.Map;
import org.kemari.api.domain.DomainPaths;

/** Makes a guest's writes trackable from outside, by a library that is loaded into the emulator. */
interface PageTracking {
    /**
     * What to add to the emulator's environment. Called before each start, when the directories are there.
     *
     * @param fromStart whether it must be known later what was written from the very beginning
     */
    Map<String, String> environment(DomainPaths paths, boolean fromStart) throws IOException;

    /** Whether the library has done its work in the emulator of this domain, which has mapped its memory. */
    boolean isAtWork(DomainPaths paths);
}
