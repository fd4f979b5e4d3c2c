package org.kemari.statetransfer.internal.wire;

import net.jpountz.lz4.LZ4Factory;

/**
 * The implementation of LZ4 that is used: in native code where that can be loaded, otherwise in Java, which takes four times
 * as long. Both check every access of what they unpack.
 */
final class Lz4 {
    private static final LZ4Factory FACTORY = load();

    private Lz4() {}

    static LZ4Factory factory() {
        return FACTORY;
    }

    /** The library itself tries native code only where there is but one class loader. */
    private static LZ4Factory load() {
        try {
            return LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException e) {
            return LZ4Factory.safeInstance();
        }
    }
}
