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

    @Description("Where this host listens for its peers")
    String getListenAddress();

    @Description("The peers and what is known of them")
    Map<String, String> getPeers();

    @Description("The domains and their states on this host")
    Map<String, String> getDomains();

    @Description("What is wrong with the definition files: file, key, reason")
    List<String> getConfigurationProblems();

    @Description("Name of the arbiter engine")
    String getArbiterEngine();

    @Description("Reads the definition files again now")
    void reloadConfiguration();
}
