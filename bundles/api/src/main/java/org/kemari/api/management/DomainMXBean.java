package org.kemari.api.management;

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

    @Description("Generation of the ownership (fencing token)")
    long getGeneration();

    @Description("Number of the attempt at protection, 0 without one")
    long getSession();

    @Description("Last committed epoch of the session")
    long getEpoch();

    @Description("Wall-clock time of the last change of state, milliseconds since 1970")
    long getSinceEpochMillis();

    @Description("Process id of the hypervisor, 0 without one")
    long getHypervisorPid();

    @Description("How often the guest has reset itself on this host")
    long getGuestResets();

    @Description("Guest memory, bytes")
    long getMemoryBytes();

    @Description("Number of virtual CPUs")
    int getVcpus();

    @Description("Phase of the full sync")
    String getSyncPhase();

    @Description("Round of the full sync")
    int getSyncRound();

    @Description("Full sync: bytes done, repeats included")
    long getSyncBytesDone();

    @Description("Full sync: bytes to do, as known now")
    long getSyncBytesTotal();

    @Description("Full sync: bytes sent over the link")
    long getSyncBytesSent();

    @Description("Full sync: bytes done per second, recently")
    long getSyncBytesPerSecond();

    @Description("Full sync: estimate of what is left in milliseconds, -1 if unknown")
    long getSyncEstimatedMillis();

    @Description("The last takeover of the domain by this host; null if there was none")
    TakeoverView getLastTakeover();

    @Description("Starts the guest here")
    void start();

    @Description("Ends the guest, on the standby too")
    void stop(
            @Description(
                            name = "graceSeconds",
                            value = "how long the guest may take to power itself off; 0 ends it at once")
                    int graceSeconds);

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
