package org.kemari.shell.internal.view;

import java.util.Locale;

/** Quantities as short text, with units. */
public final class Quantity {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Quantity() {}

    /** For instance {@code 900 B}, {@code 1.5 GiB}, {@code 512 MiB}. */
    public static String bytes(double bytes) {
        double value = bytes;
        int unit = 0;
        // 1023.5 and more would be rounded to 1024
        while (value >= 1023.5 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(value) + " " + BINARY[unit];
    }

    public static String bytesPerSecond(double bytes) {
        return bytes(bytes) + "/s";
    }

    /** A short time, from microseconds: {@code 850 us}, {@code 1.2 ms}, {@code 3.4 s}. */
    public static String micros(long micros) {
        if (micros < 1000) {
            return micros + " us";
        }
        if (micros < 999_500) {
            return number(micros / 1e3) + " ms";
        }
        return micros < 60_000_000 ? number(micros / 1e6) + " s" : duration(micros / 1000);
    }

    /** A long time, from milliseconds: {@code 12 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 4 d 1 h}. */
    public static String duration(long millis) {
        if (millis < MINUTE) {
            return Math.max(0, millis) / SECOND + " s";
        }
        if (millis < HOUR) {
            return pair(millis, MINUTE, "min", SECOND, "s");
        }
        return millis < DAY ? pair(millis, HOUR, "h", MINUTE, "min") : pair(millis, DAY, "d", HOUR, "h");
    }

    private static String pair(long millis, long large, String largeUnit, long small, String smallUnit) {
        long rest = millis % large / small;
        return millis / large + " " + largeUnit + (rest == 0 ? "" : " " + rest + " " + smallUnit);
    }

    /** Three figures at most, as far as there is nothing but zeroes behind: {@code 1.5}, {@code 12}, {@code 340}. */
    public static String number(double value) {
        String text = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
