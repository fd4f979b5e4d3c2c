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

    /** By all of them together; who they were is printed, for who looks for the cause. */
    long since(Allocations before) {
        long sum = 0;
        for (Map.Entry<String, Long> thread : bytes.entrySet()) {
            long taken = thread.getValue() - before.bytes.getOrDefault(thread.getKey(), 0L);
            System.out.println(thread.getKey() + " took " + taken + " bytes");
            sum += taken;
        }
        return sum;
    }
}
