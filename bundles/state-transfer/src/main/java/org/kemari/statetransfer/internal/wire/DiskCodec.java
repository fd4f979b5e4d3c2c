package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What is said about disks, on the wire. */
final class DiskCodec {
    private DiskCodec() {}

    static void writeBases(PayloadWriter out, List<DiskBase> bases) {
        out.i32(bases.size());
        for (DiskBase base : bases) {
            out.i64(base.session()).bool(base.primary()).bool(base.complete());
        }
    }

    static List<DiskBase> bases(PayloadReader in, int disks) throws WireException {
        int count = in.count(10);
        if (count != disks) {
            throw new WireException("change logs of " + count + " disks, the domain has " + disks);
        }
        List<DiskBase> bases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            bases.add(new DiskBase(in.i64(), in.bool(), in.bool()));
        }
        return bases;
    }

    static void writePlans(PayloadWriter out, List<DiskPlan> plans) {
        out.i32(plans.size());
        for (DiskPlan plan : plans) {
            out.u8(plan.ordinal());
        }
    }

    static List<DiskPlan> plans(PayloadReader in) throws WireException {
        int count = in.count(1);
        List<DiskPlan> plans = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int code = in.u8();
            if (code >= DiskPlan.values().length) {
                throw new WireException("an unknown plan " + code + " for disk " + i);
            }
            plans.add(DiskPlan.values()[code]);
        }
        return plans;
    }

    static ByteBuffer write(PayloadWriter out, WireMessage.DiskChanges changes) {
        out.i32(changes.disk()).i64(changes.firstExtent()).bool(changes.last());
        return changes.bits();
    }

    static WireMessage changes(PayloadReader in, Limits limits) throws WireException {
        int disk = in.nonNegativeInt("a disk's number");
        long first = in.i64();
        boolean last = in.bool();
        ByteBuffer bits = in.rest();
        int bytes = bits.remaining();
        if (bytes == 0 || bytes % Long.BYTES != 0 || bytes > DiskExtents.MAX_BITS_BYTES || first % Long.SIZE != 0) {
            throw new WireException("a frame with " + bytes + " bytes of changes from extent " + first);
        }
        // the last word may be partly used
        limits.checkExtents(disk, first, (bytes - Long.BYTES) * 8L + 1);
        return new WireMessage.DiskChanges(disk, first, last, bits);
    }

    static ByteBuffer write(PayloadWriter out, WireMessage.DiskDigests digests) {
        out.i32(digests.disk()).i64(digests.firstExtent());
        return digests.digests();
    }

    static WireMessage digests(PayloadReader in, Limits limits) throws WireException {
        int disk = in.nonNegativeInt("a disk's number");
        long first = in.i64();
        ByteBuffer digests = in.rest();
        int count = digests.remaining() / DiskExtents.DIGEST_BYTES;
        if (digests.remaining() % DiskExtents.DIGEST_BYTES != 0 || count > DiskExtents.MAX_DIGESTS) {
            throw new WireException("a frame with " + digests.remaining() + " bytes of digests");
        }
        limits.checkExtents(disk, first, count);
        return new WireMessage.DiskDigests(disk, first, digests);
    }

    static ByteBuffer write(PayloadWriter out, WireMessage.DiskDiffers differs) {
        out.i32(differs.disk()).i64(differs.firstExtent());
        return differs.bits();
    }

    static WireMessage differs(PayloadReader in, Limits limits) throws WireException {
        int disk = in.nonNegativeInt("a disk's number");
        long first = in.i64();
        ByteBuffer bits = in.rest();
        if (bits.remaining() > DiskExtents.MAX_DIGESTS / 8) {
            throw new WireException("a frame with " + bits.remaining() + " bytes of differences");
        }
        // the last byte may be partly used
        limits.checkExtents(disk, first, (bits.remaining() - 1) * 8L + 1);
        return new WireMessage.DiskDiffers(disk, first, bits);
    }
}
