package org.kemari.api.tap;

/** Kind of a tapped device. */
public enum DeviceKind {
    BLOCK,
    NET
}
