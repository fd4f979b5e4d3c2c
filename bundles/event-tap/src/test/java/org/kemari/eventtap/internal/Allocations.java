package org.kemari.eventtap.internal;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Map;
import java.util.TreeMap;

/** What each of Kemari's threads has taken of the heap in its life, by name. */
record Allocations(Map<String, Long> bytes) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Allocations now() {
        Map<String, Long> found = new TreeMap<>();
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("kemari-")) {
                found.merge(thread.getThreadName(), THREADS.getThreadAllocatedBytes(thread.getThreadId()), Long::sum);
            }
        }
        return new Allocations(found);
    }

    static long ofThisThread() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    Allocations since(Allocations before) {
        Map<String, Long> taken = new TreeMap<>();
        bytes.forEach((thread, now) -> taken.put(thread, now - before.bytes.getOrDefault(thread, 0L)));
        return new Allocations(taken);
    }

    /** Of all threads together. */
    long sum() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
}
