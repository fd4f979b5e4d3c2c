package org.kemari.config.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What names, addresses and paths look like, and the ones that Kemari makes up. */
final class Names {
    /** A host or a domain. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    static final String NAME_EXPECTED = "1 to 64 letters, digits, - or _";

    /** A device of a domain. */
    static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    static final String ID_EXPECTED = "1 to 32 letters, digits, - or _";

    static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    /** A network interface of the host: what the kernel allows, without what would surprise anybody. */
    static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    static final String INTERFACE_EXPECTED = "the name of a network interface, at most 15 characters";

    private Names() {}

    /** A MAC address that is the same on every host, and that no manufacturer has given out. */
    static String mac(String domain, String nic) {
        byte[] hash = hash("mac", domain, nic);
        // 52: locally administered, not multicast
        StringBuilder mac = new StringBuilder("52");
        for (int i = 0; i < 5; i++) {
            mac.append(String.format(":%02x", hash[i]));
        }
        return mac.toString();
    }

    /** A TAP device name that differs even between hosts, for these may share a machine. */
    static String tapDevice(String host, String domain, String nic) {
        return "k" + HexFormat.of().formatHex(hash("tap", host, domain, nic), 0, 6);
    }

    private static byte[] hash(String... parts) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(String.join("/", parts).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException with what is wrong, for people */
    static Path absolutePath(String text) {
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason());
        }
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'" + text + "' is not an absolute path");
        }
        return path.normalize();
    }

    /** @throws IllegalArgumentException with what is wrong, for people */
    static Duration within(Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("'" + Units.duration(value) + "' is not between " + Units.duration(min)
                    + " and " + Units.duration(max));
        }
        return value;
    }
}
