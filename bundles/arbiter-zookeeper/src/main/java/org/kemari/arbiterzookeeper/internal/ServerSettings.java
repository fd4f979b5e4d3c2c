package org.kemari.arbiterzookeeper.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of a server of our own.
 *
 * @param clientAddress where it listens
 * @param dataDirectory where it keeps the records
 * @param tickTime its unit of time: sessions last between 2 and 20 of it
 * @param superPassword password of the user {@code super}, who may do everything
 */
record ServerSettings(
        ServerAddress clientAddress, Path dataDirectory, Duration tickTime, Optional<String> superPassword) {
    static final String PID = "org.kemari.arbiter.zookeeper.server";

    /**
     * Parses a configuration.
     *
     * @throws IllegalArgumentException if something is wrong with it; the message has the key
     */
    static ServerSettings parse(Map<String, Object> properties) {
        Values values = new Values(properties);
        return new ServerSettings(
                ServerAddress.parse(
                        "clientAddress", values.text("clientAddress").orElse("0.0.0.0:" + ServerAddress.DEFAULT_PORT)),
                values.path("dataDirectory").orElse(Path.of("/var/lib/kemari/zookeeper")),
                values.duration("tickTime", Duration.ofMillis(500), Duration.ofMillis(100), Duration.ofSeconds(10)),
                values.text("superPassword"));
    }

    @Override
    public String toString() {
        return clientAddress + ", data in " + dataDirectory;
    }
}
