package org.kemari.linux.internal;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.stats.NativeMemoryAccount;
import org.kemari.api.stats.NativeMemoryUse;
import org.osgi.service.component.annotations.Component;

/** What {@link org.kemari.linux.NativeMemory} is mapped for. One for the process, as mappings are the process's. */
@Component
public final class MemoryAccount implements NativeMemoryAccount {
    /**
     * Who a mapping belongs to.
     *
     * @param domain empty: the host
     */
    public record Entry(String domain, String use) {}

    /** Of what nobody has claimed: buffers of a few KiB for polling, sockets and transfers. */
    public static final Entry OTHER = new Entry("", "other buffers");

    private static final ConcurrentHashMap<Entry, Long> BYTES = new ConcurrentHashMap<>();

    public static void add(Entry entry, long bytes) {
        BYTES.merge(entry, bytes, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    }

    @Override
    public List<NativeMemoryUse> uses() {
        return BYTES.entrySet().stream()
                .map(e -> new NativeMemoryUse(e.getKey().domain(), e.getKey().use(), e.getValue()))
                .sorted(Comparator.comparing(NativeMemoryUse::domain).thenComparing(NativeMemoryUse::use))
                .toList();
    }
}
