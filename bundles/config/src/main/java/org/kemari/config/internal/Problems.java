package org.kemari.config.internal;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.config.ConfigurationProblem;

/** Collects what is wrong with one file. */
final class Problems {
    /** A file with more mistakes than this is not worth more lines. */
    private static final int MOST = 50;

    private final String file;
    private final List<ConfigurationProblem> list = new ArrayList<>();
    private boolean valid = true;

    Problems(String file) {
        this.file = file;
    }

    /** The file cannot be used. */
    void add(String key, String reason) {
        valid = false;
        put(key, reason);
    }

    /** The file can be used, but somebody ought to look at it. */
    void advise(String key, String reason) {
        put(key, reason);
    }

    private void put(String key, String reason) {
        if (list.size() < MOST) {
            list.add(new ConfigurationProblem(file, key, reason));
        }
    }

    /** Whether the file can be used. */
    boolean valid() {
        return valid;
    }

    List<ConfigurationProblem> list() {
        return List.copyOf(list);
    }
}
