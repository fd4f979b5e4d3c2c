package org.kemari.api.management;

import java.util.List;
import java.util.Map;

/** This host. */
@Description("This host's Kemari")
public interface HostMXBean {
    @Description("Name of this host")
    String getName();

    @Description("Version of Kemari")
    String getVersion();

    @Description("Where this host listens for its peers; several addresses are separated by commas")
    String getListenAddress();

    @Description("The peers and what is known of them")
    Map<String, String> getPeers();

    @Description("The domains and their states on this host")
    Map<String, String> getDomains();

    @Description("What is refused, or not in force yet, of settings and definition files: file or PID, key, reason")
    List<String> getConfigurationProblems();

    @Description(
            "The latest changes of this host's settings and of definition files that were accepted, the latest first:"
                    + " time, file or PID, key, values, and when it is in force")
    List<String> getConfigurationChanges();

    @Description("Name of the arbiter engine")
    String getArbiterEngine();

    @Description("What this host has found when it looked at itself: subject, level (OK, WARNING, CRITICAL), reason")
    List<String> getChecks();

    @Description("The same as a table")
    List<CheckView> getCheckTable();

    @Description("The worst level of the checks: OK, WARNING or CRITICAL")
    String getCheckLevel();

    @Description(value = "Domains whose guests run here", unit = "domains")
    int getPrimaryDomains();

    @Description(value = "Domains that this host is the standby of", unit = "domains")
    int getStandbyDomains();

    @Description(value = "Domains whose guests run here and are protected", unit = "domains")
    int getProtectedDomains();

    @Description(
            value =
                    "Memory outside the Java heap, by what it is used for, of all domains and of this host itself. It is"
                            + " counted as it is mapped: it takes space only as far as it was touched, and guest memory is"
                            + " there once however often it is mapped",
            unit = "bytes")
    Map<String, Long> getNativeMemory();

    @Description("The latest takeovers by this host of any domain, with their timelines, the latest first")
    List<TakeoverView> getTakeovers();

    @Description("Whether this host is being, or has been, evacuated: no domain is started here")
    boolean isEvacuating();

    @Description(
            "Moves all domains that run here to their standbys, with nothing lost; those not protected, as soon as they are")
    void evacuate();

    @Description("Ends an evacuation: domains that still run here stay, and may be started again")
    void endEvacuation();

    @Description("Reads the definition files again now")
    void reloadConfiguration();
}
