package org.kemari.config.internal;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units, as people write them. */
final class Units {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*([A-Za-z]*)");

    private static final Map<String, Long> BYTES = new LinkedHashMap<>();
    private static final Map<String, Long> NANOS = new LinkedHashMap<>();

    static {
        BYTES.put("B", 1L);
        BYTES.put("KiB", 1L << 10);
        BYTES.put("MiB", 1L << 20);
        BYTES.put("GiB", 1L << 30);
        BYTES.put("TiB", 1L << 40);
        NANOS.put("ns", 1L);
        NANOS.put("us", 1_000L);
        NANOS.put("ms", 1_000_000L);
        NANOS.put("s", 1_000_000_000L);
        NANOS.put("min", 60_000_000_000L);
    }

    private Units() {}

    /** @throws IllegalArgumentException with what is wrong and what is expected, for people */
    static long bytes(String text) {
        return quantity(text, BYTES, "a size such as 512 MiB or 2 GiB");
    }

    /** @throws IllegalArgumentException with what is wrong and what is expected, for people */
    static Duration duration(String text) {
        return Duration.ofNanos(quantity(text, NANOS, "a duration such as 1 s or 5 ms"));
    }

    private static long quantity(String text, Map<String, Long> units, String expected) {
        Matcher m = QUANTITY.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not " + expected);
        }
        BigDecimal number = new BigDecimal(m.group(1));
        if (number.signum() == 0 && m.group(2).isEmpty()) {
            return 0;
        }
        Long factor = units.get(m.group(2));
        if (factor == null) {
            throw new IllegalArgumentException("'" + text + "' "
                    + (m.group(2).isEmpty() ? "has no unit" : "has the unknown unit '" + m.group(2) + "'")
                    + "; expected " + expected + " (" + String.join(", ", units.keySet()) + ")");
        }
        try {
            return number.multiply(BigDecimal.valueOf(factor)).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is too large, or not a whole number of the smallest unit");
        }
    }

    /** The size in the largest unit that fits, for messages. */
    static String bytes(long value) {
        String best = value + " B";
        for (Map.Entry<String, Long> unit : BYTES.entrySet()) {
            if (value != 0 && value % unit.getValue() == 0) {
                best = value / unit.getValue() + " " + unit.getKey();
            }
        }
        return best;
    }

    /** The duration in the largest unit that fits, for messages. */
    static String duration(Duration value) {
        if (value.isZero()) {
            return "0 ms";
        }
        String best = value.toNanos() + " ns";
        for (Map.Entry<String, Long> unit : NANOS.entrySet()) {
            if (value.toNanos() % unit.getValue() == 0) {
                best = value.toNanos() / unit.getValue() + " " + unit.getKey();
            }
        }
        return best;
    }
}
