package org.kemari.management.internal;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.management.ArbiterMXBean;

/** The arbiter. */
final class ArbiterBean implements ArbiterMXBean {
    private final Sources sources;

    ArbiterBean(Sources sources) {
        this.sources = sources;
    }

    @Override
    public String getEngine() {
        return sources.configuration().host().arbiterEngine();
    }

    private Arbiter engine() {
        return sources.arbiter(getEngine())
                .orElseThrow(() -> new IllegalStateException("there is no arbiter engine '" + getEngine()
                        + "'; install its bundle, or name another one in the settings of the host"));
    }

    @Override
    public boolean isReachable() {
        return engine().state().reachable();
    }

    @Override
    public String getReason() {
        return engine().state().reason();
    }

    @Override
    public long getSinceEpochMillis() {
        return engine().state().sinceEpochMillis();
    }

    @Override
    public Map<String, String> getRecords() {
        Set<String> names = new TreeSet<>(sources.configuration().domains().keySet());
        sources.protection().ifPresent(p -> p.domains().forEach(d -> names.add(d.name())));
        Arbiter engine = engine();
        Map<String, String> records = new TreeMap<>();
        for (String name : names) {
            records.put(name, record(engine, name));
        }
        return records;
    }

    private static String record(Arbiter engine, String domain) {
        try {
            return engine.read(domain).map(ArbiterBean::text).orElse("none");
        } catch (ArbiterException e) {
            return "unreadable: " + e.getMessage();
        }
    }

    private static String text(OwnershipRecord r) {
        return "generation " + r.generation() + ", owner " + r.owner()
                + r.standby()
                        .map(s -> ", standby " + s + ", session " + r.session())
                        .orElse(", no standby");
    }

    @Override
    public Map<String, String> getPendingDecisions() {
        Map<String, String> pending = new TreeMap<>();
        engine().pending().forEach(p -> pending.put(p.domain(), p.question()));
        return pending;
    }

    @Override
    public void decide(String domain, boolean allow) {
        engine().decide(domain, allow);
    }
}
