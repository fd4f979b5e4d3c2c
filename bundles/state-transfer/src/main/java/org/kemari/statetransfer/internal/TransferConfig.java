package org.kemari.statetransfer.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Settings of state transfer, PID {@value #PID}. They hold for sessions that begin after a change. */
@ObjectClassDefinition(
        name = "Kemari state transfer",
        description =
                "Memory and patience of checkpoints and full syncs. A change holds for sessions that begin after it."
                        + " A mistake is refused with all of the settings, and those from before stay in force.")
public @interface TransferConfig {
    String PID = "org.kemari.transfer";

    @AttributeDefinition(
            name = "Staging memory of a standby, MiB per domain",
            description =
                    "Bound of the memory for checkpoints that are being received, 48 to 1048576 MiB. 0: as much as a"
                            + " checkpoint takes in which every page has changed; it is only used when that happens",
            min = "0",
            max = "1048576")
    int stagingMebibytes() default 0;

    @AttributeDefinition(
            name = "Capture memory of a primary, MiB per domain",
            description =
                    "Bound of the memory into which a pause copies, 16 to 65536 MiB; what is more is sent while the"
                            + " guest is still paused",
            min = "16",
            max = "65536")
    int captureMebibytes() default 256;

    @AttributeDefinition(
            name = "Connect time-out, ms",
            description = "For a connection to the standby, 100 to 600000 ms",
            min = "100",
            max = "600000")
    int connectTimeoutMillis() default 5000;

    @AttributeDefinition(
            name = "Handshake time-out, ms",
            description = "For the standby to get ready (it starts a hypervisor), 1000 to 600000 ms",
            min = "1000",
            max = "600000")
    int handshakeTimeoutMillis() default 60000;

    @AttributeDefinition(
            name = "Snapshot time-out, ms",
            description = "For the devices to be started again after a pause, 100 to 600000 ms",
            min = "100",
            max = "600000")
    int tapTimeoutMillis() default 10000;

    @AttributeDefinition(
            name = "Time-out of a first copy that stands still, ms",
            description = "When nothing has moved for so long, 1000 to 3600000 ms, the copy is given up and begun anew."
                    + " It includes the time in which the standby makes the copied disks durable",
            min = "1000",
            max = "3600000")
    int syncTimeoutMillis() default 60000;

    @AttributeDefinition(
            name = "Commit time-out, ms",
            description =
                    "How long a standby that is alive may leave a checkpoint uncommitted, with nothing moving, 1000"
                            + " to 600000 ms; its disk may hang. Then the guest, whose outputs are held meanwhile, goes on without"
                            + " it, and protection is begun anew",
            min = "1000",
            max = "600000")
    int commitTimeoutMillis() default 10000;

    @AttributeDefinition(
            name = "Memory for what was sent last, MiB per domain",
            description =
                    "Bound of a primary's memory for pages as they were sent last, 0 to 1024 MiB: only what changes"
                            + " in them is sent again. 0: pages are always sent whole",
            min = "0",
            max = "1024")
    int deltaCacheMebibytes() default 64;

    @AttributeDefinition(
            name = "Compression",
            description =
                    "auto: what a primary sends is compressed where it is measured that the link is slower than that;"
                            + " off; lz4: always",
            options = {@Option("auto"), @Option("off"), @Option("lz4")})
    String compression() default "auto";
}
