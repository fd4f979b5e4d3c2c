package org.kemari.itests.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.kemari.itests.lab.KemariHost;

/**
 * What the Kemari of a host takes of its machine's memory. Bytes.
 *
 * @param resident all of its share (Pss) but guest memory
 * @param guests its share of guest memory, which it has mapped
 * @param heap Java heap in use after a garbage collection
 * @param committed everything but the Java heap that the JVM accounts for: classes, code, stacks, buffers
 */
record ResidentMemory(long resident, long guests, long heap, long committed) {
    /** Has the JVM keep account, from its start on. */
    static final String ACCOUNT = "-XX:NativeMemoryTracking=summary";

    private static final Pattern MAPPING =
            Pattern.compile("[0-9a-f]+-[0-9a-f]+ \\S{4} [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \\d+ *(.*)");
    private static final Pattern SHARE = Pattern.compile("Pss: +(\\d+) kB");
    private static final Pattern COMMITTED =
            Pattern.compile("(Total:|Java Heap \\() ?reserved=\\d+KB, committed=(\\d+)KB");

    static ResidentMemory of(KemariHost host) throws IOException {
        long[] shares = shares(
                Path.of("/proc", Long.toString(host.jvmPid()), "smaps"),
                host.files().ramRoot());
        MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                host.console().server(), ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        memory.gc();
        return new ResidentMemory(
                shares[0], shares[1], memory.getHeapMemoryUsage().getUsed(), committed(host));
    }

    /** Shares of what is not below a directory, and of what is. */
    private static long[] shares(Path smaps, Path directory) throws IOException {
        long[] shares = new long[2];
        int which = 0;
        for (String line : Files.readAllLines(smaps)) {
            Matcher mapping = MAPPING.matcher(line);
            Matcher share = SHARE.matcher(line);
            if (mapping.matches()) {
                which = mapping.group(1).startsWith(directory + "/") ? 1 : 0;
            } else if (share.matches()) {
                shares[which] += Long.parseLong(share.group(1)) << 10;
            }
        }
        return shares;
    }

    /** What {@code jcmd VM.native_memory} says. */
    private static long committed(KemariHost host) throws IOException {
        String account;
        try {
            account = (String) host.console()
                    .server()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmNativeMemory",
                            new Object[] {new String[] {"summary"}},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IOException("the JVM of " + host.name() + " does not account for its memory", e);
        }
        List<Long> found = COMMITTED
                .matcher(account)
                .results()
                .map(match -> Long.parseLong(match.group(2)) << 10)
                .toList();
        if (found.size() != 2) {
            throw new IOException("the JVM of " + host.name() + " accounts for its memory in other words: " + account);
        }
        return found.get(0) - found.get(1);
    }
}
