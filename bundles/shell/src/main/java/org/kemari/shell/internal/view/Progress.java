package org.kemari.shell.internal.view;

import java.util.Locale;
import org.kemari.api.transfer.SyncProgress;

/** How far something is, as text. */
public final class Progress {
    private static final int WIDTH = 20;

    private Progress() {}

    /** A bar and a percentage, of constant width: {@code [#####               ]  25 %}. Never full before the end. */
    public static String bar(long done, long total) {
        double share = total <= 0 ? 0 : Math.min(1, Math.max(0, (double) done / total));
        int filled = (int) (share * WIDTH);
        return "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] "
                + String.format(Locale.ROOT, "%3d %%", (int) (share * 100));
    }

    /** A sync in a line. */
    public static String of(SyncProgress sync) {
        StringBuilder text = new StringBuilder(bar(sync.bytesDone(), sync.bytesTotal()));
        text.append(" ").append(sync.phase());
        if (sync.round() > 0) {
            text.append(", round ").append(sync.round());
        }
        text.append(", ").append(Quantity.bytes(sync.bytesDone()));
        text.append(" of ").append(Quantity.bytes(sync.bytesTotal()));
        text.append(", ").append(Quantity.bytesPerSecond(sync.bytesPerSecond()));
        if (sync.estimatedMillis() >= 0) {
            text.append(", ").append(Quantity.duration(sync.estimatedMillis())).append(" left");
        }
        return text.toString();
    }
}
