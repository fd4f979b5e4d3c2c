package org.kemari.management.internal;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kemari.api.stats.NativeMemoryUse;

/** Memory outside the heap as operators see it. */
final class NativeMemoryTable {
    private NativeMemoryTable() {}

    /** Bytes by use, whosever they are. */
    static Map<String, Long> of(List<NativeMemoryUse> uses) {
        Map<String, Long> bytes = new TreeMap<>();
        uses.forEach(use -> bytes.merge(use.use(), use.bytes(), Long::sum));
        return bytes;
    }

    /** What Java itself has allocated for buffers outside the heap, of whatever bundle. */
    static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
    }
}
