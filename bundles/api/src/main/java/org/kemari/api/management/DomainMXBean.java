package org.kemari.api.management;

import java.util.List;
import java.util.Map;

/** One domain on this host. Operations return when accepted; watch {@code State}, {@code Reason} and the notifications. */
@Description("A virtual machine on this host")
public interface DomainMXBean {
    @Description("Name of the domain")
    String getName();

    @Description("What this host is to the domain: NONE, PRIMARY or STANDBY")
    String getRole();

    @Description("What this host is doing with the domain")
    String getState();

    @Description("Why it is in that state, or why it is not protected")
    String getReason();

    @Description("Whether the guest is protected: its death here would be survived")
    boolean isProtected();

    @Description("The other host of the domain, empty without one")
    String getPeer();

    @Description(value = "Generation of the ownership (fencing token)", unit = "number")
    long getGeneration();

    @Description(value = "Number of the attempt at protection, 0 without one", unit = "number")
    long getSession();

    @Description(value = "Last committed epoch of the session", unit = "number")
    long getEpoch();

    @Description(value = "Wall-clock time of the last change of state", unit = "milliseconds since 1970")
    long getSinceEpochMillis();

    @Description(value = "Process id of the hypervisor, 0 without one", unit = "number")
    long getHypervisorPid();

    @Description(value = "How often the guest has reset itself on this host", unit = "resets")
    long getGuestResets();

    @Description(value = "Guest memory", unit = "bytes")
    long getMemoryBytes();

    @Description(value = "Number of virtual CPUs", unit = "processors")
    int getVcpus();

    @Description("Phase of the full sync")
    String getSyncPhase();

    @Description(value = "Round of the full sync", unit = "number")
    int getSyncRound();

    @Description(value = "Full sync: bytes done, repeats included", unit = "bytes")
    long getSyncBytesDone();

    @Description(value = "Full sync: bytes to do, as known now", unit = "bytes")
    long getSyncBytesTotal();

    @Description(value = "Full sync: bytes sent over the link", unit = "bytes")
    long getSyncBytesSent();

    @Description(value = "Full sync: bytes done per second, recently", unit = "bytes per second")
    long getSyncBytesPerSecond();

    @Description(value = "Full sync: estimate of what is left, -1 if unknown", unit = "milliseconds")
    long getSyncEstimatedMillis();

    @Description(value = "Full sync: how much of what is known now is done, 0 to 100", unit = "percent")
    int getSyncPercent();

    @Description("The last takeover of the domain by this host; null if there was none")
    TakeoverView getLastTakeover();

    @Description(value = "Takeovers of the domain by this host since its management was started", unit = "takeovers")
    long getTakeoverCount();

    @Description("The latest takeovers of the domain by this host, with their timelines, the latest first; at most 16")
    List<TakeoverView> getTakeovers();

    @Description("The latest changes of role, state or generation on this host, the latest first; at most 64")
    List<StateChangeView> getStateChanges();

    @Description(
            value = "How often the guest has lost its protection on this host since its management was started",
            unit = "losses")
    long getProtectionLosses();

    @Description(
            value = "How long the guest has been running here without protection; 0 if it is protected, or not here",
            unit = "milliseconds")
    long getUnprotectedMillis();

    @Description("Starts the guest here")
    void start();

    @Description("Ends the guest, on the standby too")
    void stop(
            @Description(
                            name = "graceSeconds",
                            value = "how long the guest may take to power itself off; 0 ends it at once",
                            unit = "seconds")
                    int graceSeconds);

    @Description(
            value =
                    "Memory outside the Java heap that this host has for the domain, by what it is used for. It is counted"
                            + " as it is mapped: it takes space only as far as it was touched, and guest memory is there once"
                            + " however often it is mapped",
            unit = "bytes")
    Map<String, Long> getNativeMemory();

    @Description("Protects the guest on a standby host")
    void protect(
            @Description(name = "standby", value = "name of the host; empty for the one the definition names")
                    String standby);

    @Description("Ends the protection; the guest goes on")
    void unprotect();

    @Description("Takes the guest over from its primary, whether or not that seems to be there")
    void takeover();

    @Description("Lets the standby take the guest over with nothing lost; this host becomes the standby")
    void switchover();
}
