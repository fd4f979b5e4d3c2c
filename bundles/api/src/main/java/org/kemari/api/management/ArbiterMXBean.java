package org.kemari.api.management;

import java.util.Map;

/** The arbiter, as this host uses it. */
@Description("The arbiter of ownership")
public interface ArbiterMXBean {
    @Description("Name of the engine")
    String getEngine();

    @Description("Whether the engine can be reached at present")
    boolean isReachable();

    @Description("With what the engine is connected, or why it is not")
    String getReason();

    @Description(
            value = "Wall-clock time since which it has been reachable, or not; 0 for always",
            unit = "milliseconds since 1970")
    long getSinceEpochMillis();

    @Description("The records of the defined domains")
    Map<String, String> getRecords();

    @Description("Changes of ownership that wait for an operator, by domain")
    Map<String, String> getPendingDecisions();

    @Description("Decides a change of ownership that waits for an operator")
    void decide(
            @Description(name = "domain", value = "name of the domain") String domain,
            @Description(name = "allow", value = "whether the change may be made; be sure that the other host is dead")
                    boolean allow);
}
