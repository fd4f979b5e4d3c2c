package org.kemari.page.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What the page shows: attributes of Kemari's MBeans, as far as the calling user may read them. */
final class Readings {
    private static final ObjectName ALL = Names.of("org.kemari:*");

    /** By type, what is shown at every look. */
    private static final Map<String, List<String>> SHOWN = Map.of(
            "Host",
            List.of("Name", "Version", "CheckTable", "CheckLevel", "ConfigurationProblems", "Evacuating"),
            "Arbiter",
            List.of("Engine", "Reachable", "Reason", "PendingDecisions"),
            "HealthMonitor",
            List.of("Peer", "State", "Reason", "SinceEpochMillis", "RoundTrip", "PathTable"),
            "Thresholds",
            List.of("Violations"),
            "Domain",
            List.of(
                    "Name",
                    "Role",
                    "State",
                    "Reason",
                    "Protected",
                    "Peer",
                    "Generation",
                    "Epoch",
                    "SinceEpochMillis",
                    "MemoryBytes",
                    "Vcpus",
                    "SyncPhase",
                    "SyncPercent",
                    "SyncBytesPerSecond",
                    "SyncEstimatedMillis",
                    "UnprotectedMillis",
                    "TakeoverCount"),
            "EventTap",
            List.of("Domain", "Device", "Kind", "State", "Holding", "HeldOutputs", "Errors", "HoldLatency"),
            "StateTransfer",
            List.of("Domain", "Session", "Outgoing", "Checkpoints", "Pages", "Bytes", "Pause", "Commit"));

    private static final List<String> HISTORY = List.of("Takeovers", "StateChanges");

    private final MBeanServer guarded;
    private final Permissions permissions;

    Readings(MBeanServer guarded, Permissions permissions) {
        this.guarded = guarded;
        this.permissions = permissions;
    }

    /** One entry for each MBean: its name, its type, what it says, and which operations the user may call. */
    List<Map<String, Object>> look() throws JMException {
        Map<ObjectName, Map<String, Object>> beans = new LinkedHashMap<>();
        for (ObjectName name : new TreeSet<>(guarded.queryNames(ALL, null))) {
            String type = String.valueOf(name.getKeyProperty("type"));
            Optional<Map<String, Object>> attributes =
                    SHOWN.containsKey(type) ? read(name, SHOWN.get(type)) : Optional.empty();
            if (attributes.isPresent()) {
                Map<String, Object> bean = new LinkedHashMap<>();
                bean.put("name", name.toString());
                bean.put("type", type);
                bean.put("attributes", attributes.get());
                beans.put(name, bean);
            }
        }
        Map<ObjectName, List<String>> allowed = permissions.operations(beans.keySet());
        beans.forEach((name, bean) -> bean.put("may", allowed.getOrDefault(name, List.of())));
        return List.copyOf(beans.values());
    }

    /** The past of a domain; empty if it is not there, or not for this user. */
    Optional<Map<String, Object>> history(String domain) throws JMException {
        Optional<ObjectName> name = Names.registered(guarded, "org.kemari:type=Domain,name=" + Names.value(domain));
        return name.isPresent() ? read(name.get(), HISTORY) : Optional.empty();
    }

    private Optional<Map<String, Object>> read(ObjectName name, List<String> attributes) throws JMException {
        try {
            Map<String, Object> values = new LinkedHashMap<>();
            for (Attribute attribute : guarded.getAttributes(name, attributes.toArray(String[]::new))
                    .asList()) {
                Plain.of(attribute.getValue()).ifPresent(value -> values.put(attribute.getName(), value));
            }
            return Optional.of(values);
        } catch (SecurityException | InstanceNotFoundException e) {
            // not for this user, or gone since it was listed: either way there is nothing to show
            return Optional.empty();
        }
    }
}
