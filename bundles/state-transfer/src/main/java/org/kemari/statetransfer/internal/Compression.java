package org.kemari.statetransfer.internal;

/** Whether frames are compressed. */
public enum Compression {
    /** Where it is measured that the link is slower than compressing. */
    AUTO,
    OFF,
    LZ4
}
