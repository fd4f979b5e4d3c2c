package org.kemari.arbiterzookeeper.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What consoles show of the settings. The values are parsed, and refused, by {@link ServerSettings}. */
@ObjectClassDefinition(
        name = "Kemari witness: ZooKeeper server",
        description = "A single ZooKeeper server in this Kemari, for a witness host. A change restarts the server.")
@interface ServerConfiguration {
    @AttributeDefinition(description = "Where clients connect: address:port, port 1 to 65535.")
    String clientAddress() default "0.0.0.0:2181";

    @AttributeDefinition(description = "Directory of the records; absolute path. It must survive a reboot.")
    String dataDirectory() default "/var/lib/kemari/zookeeper";

    @AttributeDefinition(
            description = "The server's unit of time: a number and ms or s; 100 ms to 10 s. Sessions last between 2 and"
                    + " 20 of it.")
    String tickTime() default "500 ms";

    @AttributeDefinition(
            required = false,
            type = AttributeType.PASSWORD,
            description =
                    "Password of the digest user super, who may do everything: for repairs. Empty: there is no such"
                            + " user. A change takes effect when Kemari is restarted.")
    String superPassword() default "";
}
