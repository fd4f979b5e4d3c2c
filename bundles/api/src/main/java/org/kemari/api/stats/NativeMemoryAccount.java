package org.kemari.api.stats;

import java.util.List;

/** The account of all memory that Kemari has outside the Java heap. Any thread. */
public interface NativeMemoryAccount {
    /** What there is at present, by domain and use. */
    List<NativeMemoryUse> uses();
}
