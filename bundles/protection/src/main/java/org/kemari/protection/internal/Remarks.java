package org.kemari.protection.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** What else is to be said of a domain besides its state: a crashed guest kernel, devices out of order. Thread-safe. */
final class Remarks {
    private final Map<String, String> bySubject = new ConcurrentSkipListMap<>();

    /** Takes the place of an earlier remark on the same subject. */
    void note(String subject, String remark) {
        bySubject.put(subject, remark);
    }

    /** The guest begins anew: what it had broken is whole again. */
    void clear() {
        bySubject.clear();
    }

    /** The reason with all remarks. */
    String on(String reason) {
        return bySubject.isEmpty() ? reason : reason + "; " + String.join("; ", bySubject.values());
    }
}
