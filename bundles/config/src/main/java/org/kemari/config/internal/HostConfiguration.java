package org.kemari.config.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What consoles show of the host settings. The values are parsed, and refused, by {@link HostSettingsParser}. */
@ObjectClassDefinition(
        name = "Kemari host",
        description = "Settings of this host. Changes of listen, peers, heartbeatPeriod, silenceTimeout and of"
                + " the fence take effect at once, of qemuBinary and preloadLibrary for guests that are started after it,"
                + " and others when Kemari is restarted. A mistake is refused with all of the settings, and those from"
                + " before stay in force.")
@interface HostConfiguration {
    @AttributeDefinition(
            required = false,
            description = "Name of this host: 1 to 64 letters, digits, - or _; unique among its peers."
                    + " Empty: the machine's host name up to its first dot.")
    String name() default "";

    @AttributeDefinition(
            description =
                    "Where this host listens for its peers: address:port, port 1 to 65535; several are separated by"
                            + " commas.")
    String listen() default "0.0.0.0:7171";

    @AttributeDefinition(
            required = false,
            description = "The other hosts: name=address:port, separated by commas; several addresses of one host are"
                    + " separated by |, the preferred one first. This host's own entry is ignored.")
    String peers() default "";

    @AttributeDefinition(description = "Directory of sockets and logs; absolute path; need not survive a reboot.")
    String runRoot() default "/run/kemari";

    @AttributeDefinition(description = "Directory of what must survive a reboot; absolute path.")
    String stateRoot() default "/var/lib/kemari";

    @AttributeDefinition(description = "Directory of guest memory files, on a tmpfs or hugetlbfs; absolute path.")
    String ramRoot() default "/dev/shm/kemari";

    @AttributeDefinition(
            required = false,
            description = "Directory of the domains' definition files; absolute path."
                    + " Empty: kemari/domains in the directory of configuration files.")
    String domainDirectory() default "";

    @AttributeDefinition(description = "The system emulator: a path, or a name that is looked up in PATH.")
    String qemuBinary() default "qemu-system-x86_64";

    @AttributeDefinition(description = "Name of the arbiter engine: file, manual, zookeeper.")
    String arbiterEngine() default "file";

    @AttributeDefinition(
            required = false,
            description = "Directory of the arbiter's records; absolute path. Empty: arbiter in the stateRoot.")
    String arbiterDirectory() default "";

    @AttributeDefinition(description = "Time between two heartbeats to a peer: a number and ms or s; 5 ms to 10 s.")
    String heartbeatPeriod() default "50 ms";

    @AttributeDefinition(
            description = "A peer that is silent for this long counts as lost: a number and ms, s or min;"
                    + " 50 ms to 5 min, at least three heartbeat periods.")
    String silenceTimeout() default "500 ms";

    @AttributeDefinition(
            required = false,
            description = "Program and arguments that fence a host before a domain is taken over from it, run without a"
                    + " shell: words separated by blanks, double quotes keep blanks in a word; {host} and {domain} stand"
                    + " for their names. Exit status 0: it is fenced. Empty: none.")
    String fenceCommand() default "";

    @AttributeDefinition(
            description = "A run of the fence command that takes longer than this is ended and has failed: a number and"
                    + " ms, s or min; 1 s to 10 min.")
    String fenceTimeout() default "30 s";

    @AttributeDefinition(
            description = "Time between a failed run of the fence command and the next: a number and ms, s or min;"
                    + " 100 ms to 10 min.")
    String fenceRetryDelay() default "2 s";

    @AttributeDefinition(
            description = "Whether QEMU is started with the library that lets the kernel track dirty pages"
                    + " (Linux 6.7 or newer); otherwise memory is compared.")
    boolean preloadLibrary() default true;
}
