package org.kemari.statetransfer.internal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.DiskExtents;

/** Digests of extents: the beginning of their SHA-256. One thread. */
public final class ExtentDigests {
    private final MessageDigest sha;
    private final byte[] zeroExtent;

    public ExtentDigests() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        zeroExtent = ofZeroes(DiskExtents.EXTENT_BYTES);
    }

    /** The digest of a piece of memory, {@link DiskExtents#DIGEST_BYTES} bytes. */
    public byte[] of(NativeMemory content, long offset, int length) {
        if (content.isZero(offset, length)) {
            return zeroes(length);
        }
        sha.update(content.buffer(offset, length));
        return cut(sha.digest());
    }

    /** The digest of this many zeroes. */
    public byte[] zeroes(int length) {
        return length == DiskExtents.EXTENT_BYTES ? zeroExtent : ofZeroes(length);
    }

    private byte[] ofZeroes(int length) {
        sha.update(ByteBuffer.allocate(length));
        return cut(sha.digest());
    }

    private static byte[] cut(byte[] digest) {
        return java.util.Arrays.copyOf(digest, DiskExtents.DIGEST_BYTES);
    }
}
