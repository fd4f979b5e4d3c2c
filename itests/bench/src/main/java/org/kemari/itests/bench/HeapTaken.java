package org.kemari.itests.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kemari.itests.lab.HostConsole;

/**
 * What the threads of a Java have taken of its heap. Of threads that have ended, and of those that serve the console, nothing
 * is known or told.
 *
 * @param bytes by name of the thread
 */
record HeapTaken(Map<String, Long> bytes) {
    static HeapTaken of(HostConsole console) throws IOException {
        ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                console.server(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        long[] ids = threads.getAllThreadIds();
        ThreadInfo[] infos = threads.getThreadInfo(ids);
        long[] taken = threads.getThreadAllocatedBytes(ids);
        Map<String, Long> found = new TreeMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (infos[i] != null && !infos[i].getThreadName().startsWith("RMI ")) {
                found.merge(infos[i].getThreadName(), Math.max(0, taken[i]), Long::sum);
            }
        }
        return new HeapTaken(found);
    }

    HeapTaken since(HeapTaken before) {
        Map<String, Long> difference = new TreeMap<>();
        bytes.forEach((name, now) -> difference.put(name, Math.max(0, now - before.bytes.getOrDefault(name, 0L))));
        return new HeapTaken(difference);
    }

    long all() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    List<Map.Entry<String, Long>> most(int count) {
        return bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(count)
                .toList();
    }
}
