package org.kemari.statetransfer.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kemari.api.config.ConfigurationProblem;

/** Makes settings of configuration properties, or says all that is wrong with them. */
final class TransferProperties {
    private static final long MIB = 1 << 20;
    private static final int LEAST_STAGING = 48;
    private static final int MOST_MEBIBYTES = 1 << 20;

    private final Map<String, Object> properties;
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    /**
     * Either settings that are valid as a whole, or what is wrong with them.
     *
     * @param settings the defaults if there are problems
     * @param problems empty: the settings are what was asked for
     */
    record Parsed(TransferSettings settings, List<ConfigurationProblem> problems) {}

    private TransferProperties(Map<String, Object> properties) {
        this.properties = properties;
    }

    /** What an operator has set; what is left out has its default. */
    static Parsed parse(Map<String, Object> properties) {
        TransferProperties p = new TransferProperties(properties);
        TransferSettings settings = p.settings();
        return new Parsed(p.problems.isEmpty() ? settings : TransferSettings.DEFAULT, List.copyOf(p.problems));
    }

    private TransferSettings settings() {
        TransferSettings d = TransferSettings.DEFAULT;
        long staging = number("stagingMebibytes", 0, 0, MOST_MEBIBYTES);
        if (staging > 0 && staging < LEAST_STAGING) {
            refuse("stagingMebibytes", staging + " is too little: 0, or " + LEAST_STAGING + " or more");
        }
        return new TransferSettings(
                staging * MIB,
                number("captureMebibytes", d.captureBytes() / MIB, 16, 65536) * MIB,
                millis("connectTimeoutMillis", d.connectTimeout(), 100, 600_000),
                millis("handshakeTimeoutMillis", d.handshakeTimeout(), 1000, 600_000),
                millis("tapTimeoutMillis", d.tapTimeout(), 100, 600_000),
                millis("syncTimeoutMillis", d.syncTimeout(), 1000, 3_600_000),
                millis("commitTimeoutMillis", d.commitTimeout(), 1000, 600_000),
                number("deltaCacheMebibytes", d.deltaCacheBytes() / MIB, 0, 1024) * MIB,
                compression(d.compression()));
    }

    private Compression compression(Compression otherwise) {
        String text = String.valueOf(properties.getOrDefault("compression", "")).strip();
        for (Compression known : Compression.values()) {
            if (known.name().equalsIgnoreCase(text)) {
                return known;
            }
        }
        if (!text.isEmpty()) {
            refuse("compression", "'" + text + "' is none of auto, off and lz4");
        }
        return otherwise;
    }

    private Duration millis(String key, Duration otherwise, long least, long most) {
        return Duration.ofMillis(number(key, otherwise.toMillis(), least, most));
    }

    private long number(String key, long otherwise, long least, long most) {
        String text = String.valueOf(properties.getOrDefault(key, "")).strip();
        try {
            long value = text.isEmpty() ? otherwise : Long.parseLong(text);
            if (value < least || value > most) {
                refuse(key, value + " is out of range: " + least + " to " + most);
            }
            return value;
        } catch (NumberFormatException e) {
            refuse(key, "'" + text + "' is not a whole number");
            return otherwise;
        }
    }

    private void refuse(String key, String reason) {
        problems.add(new ConfigurationProblem(TransferConfig.PID, key, reason));
    }
}
