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

    Problems(String file) {
        this.file = file;
    }

    void add(String key, String reason) {
        if (list.size() < MOST) {
            list.add(new ConfigurationProblem(file, key, reason));
        }
    }

    boolean none() {
        return list.isEmpty();
    }

    List<ConfigurationProblem> list() {
        return List.copyOf(list);
    }
}
