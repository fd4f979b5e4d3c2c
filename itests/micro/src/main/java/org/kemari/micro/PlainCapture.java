package org.kemari.micro;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.internal.ProcessMappings;

/** The functions of {@code native/src/bench.c}. */
final class PlainCapture {
    static {
        Native.register(
                PlainCapture.class,
                Micro.nativeTarget().resolve("libkemari-bench.so").toString());
    }

    private static native long kemari_plain_capture(int pagemap, long start, long end, long ram, long staging);

    private final int pagemap;
    private final ProcessMappings.Mapping mapping;
    private final long ram;
    private final long staging;

    PlainCapture(Fd pagemap, long pid, Path file, NativeMemory ram, NativeMemory staging) throws IOException {
        List<ProcessMappings.Mapping> mappings = ProcessMappings.of(pid, file);
        if (mappings.size() != 1) {
            throw new IOException("process " + pid + " has " + mappings.size() + " mappings of " + file);
        }
        this.pagemap = pagemap.value();
        this.mapping = mappings.get(0);
        this.ram = ram.address();
        this.staging = staging.address();
    }

    long capture() {
        return kemari_plain_capture(pagemap, mapping.start(), mapping.end(), ram, staging);
    }

    long scan() {
        return kemari_plain_capture(pagemap, mapping.start(), mapping.end(), ram, 0);
    }
}
