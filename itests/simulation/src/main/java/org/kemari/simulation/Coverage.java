package org.kemari.simulation;

import java.util.EnumMap;
import java.util.Map;

/** How often what has happened: a simulation in which nothing happens proves nothing. */
public final class Coverage {
    /** What is counted. */
    public enum Event {
        SCHEDULES,
        STEPS,
        OUTPUTS_EXECUTED,
        OUTPUTS_HELD,
        WRITES_AHEAD,
        CHECKPOINTS_COMMITTED,
        CHECKPOINTS_BEHIND_ANOTHER,
        LOSSES_BETWEEN_TWO_COMMITS,
        IMAGES_COMPARED,
        REQUESTS_REPLAYED,
        REQUESTS_RESTORED,
        PROTECTIONS,
        PROTECTIONS_AGAIN,
        FULL_SYNCS,
        SYNCS_OF_RETAINED_MEMORY,
        SYNCS_OF_CHANGED_BLOCKS,
        TAKEOVERS,
        SWITCHOVERS,
        DROPS,
        ADOPTIONS,
        EXCHANGES,
        COLD_BOOTS,
        DOUBLE_FAILURES,
        REFUSED_OFFERS,
        UNKNOWN_OUTCOMES,
        LATE_LANDINGS,
        DUPLICATE_LANDINGS,
        UNREADABLE_RECORDS,
        OPERATOR_DECISIONS,
        FENCES,
        FAILED_FENCES,
        STORAGE_HANDOVERS,
        STANDBY_DISK_FAILURES,
        HYPERVISOR_FAILURES,
        GUEST_SHUTDOWNS,
        POWER_LOSSES,
        KEMARI_CRASHES,
        PAUSES,
        LONG_PAUSES,
        PARTITIONS,
        ONE_WAY_PARTITIONS,
        SLOW_SPELLS,
        RESET_CONNECTIONS,
        TRUNCATED_STREAMS,
        EVENTS_OF_OLD_SESSIONS,
        PEERS_LOST,
        PEERS_LOST_WRONGLY,
        OPERATOR_COMMANDS
    }

    private final long[] counts = new long[Event.values().length];

    public void count(Event event) {
        counts[event.ordinal()]++;
    }

    void add(Event event, long number) {
        counts[event.ordinal()] += number;
    }

    public long of(Event event) {
        return counts[event.ordinal()];
    }

    synchronized void addAll(Coverage other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    Map<Event, Long> all() {
        Map<Event, Long> all = new EnumMap<>(Event.class);
        for (Event event : Event.values()) {
            all.put(event, of(event));
        }
        return all;
    }
}
