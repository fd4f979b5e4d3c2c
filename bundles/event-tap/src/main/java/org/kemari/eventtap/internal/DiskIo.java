package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.kemari.linux.BlockFile;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.ring.Segments;

/** Carries out requests on a disk, straight from and to guest memory. */
final class DiskIo {
    private final BlockFile file;
    private final String serial;
    private final ExtentMarks marks;

    DiskIo(BlockFile file, String serial, ExtentMarks marks) {
        this.file = file;
        this.serial = serial;
        this.marks = marks;
    }

    /** Carries out a request; blocks. */
    void execute(BlockRequest request, IoVectors vectors) throws IOException {
        switch (request.type()) {
            case READ -> read(request, vectors);
            case WRITE -> write(request, vectors);
            case FLUSH -> file.flush();
            case DISCARD, WRITE_ZEROES -> clear(request);
            case GET_ID -> request.writeId(serial);
            case OTHER -> throw new IllegalArgumentException("not executable");
        }
    }

    /** Carries out a read if that needs no disk. */
    boolean tryRead(BlockRequest request, IoVectors vectors) throws IOException {
        Segments data = request.data();
        if (data.count() > vectors.capacity()) {
            return false;
        }
        data.markDirty();
        vectors.clear();
        data.appendTo(vectors, 0, data.count());
        boolean done = file.tryReadCached(vectors, request.offset());
        data.markDirty();
        return done;
    }

    private void read(BlockRequest request, IoVectors vectors) throws IOException {
        Segments data = request.data();
        data.markDirty();
        long offset = request.offset();
        for (int first = 0; first < data.count(); first += vectors.capacity()) {
            fill(vectors, data, first);
            long length = file.read(vectors, offset);
            if (length < vectors.bytes()) {
                throw new IOException("the disk ends at " + (offset + length) + ", it has become shorter");
            }
            offset += length;
        }
        data.markDirty();
    }

    private void write(BlockRequest request, IoVectors vectors) throws IOException {
        Segments data = request.data();
        long offset = request.offset();
        marks.mark(offset, data.bytes());
        try {
            for (int first = 0; first < data.count(); first += vectors.capacity()) {
                fill(vectors, data, first);
                offset += file.write(vectors, offset);
            }
        } finally {
            marks.mark(request.offset(), data.bytes());
        }
    }

    /** Writes what a vector holds. */
    void write(long offset, IoVectors vectors) throws IOException {
        long bytes = vectors.bytes();
        marks.mark(offset, bytes);
        try {
            file.write(vectors, offset);
        } finally {
            marks.mark(offset, bytes);
        }
    }

    private static void fill(IoVectors vectors, Segments data, int first) {
        vectors.clear();
        data.appendTo(vectors, first, Math.min(vectors.capacity(), data.count() - first));
    }

    private void clear(BlockRequest request) throws IOException {
        for (int i = 0; i < request.ranges(); i++) {
            long offset = request.rangeOffset(i);
            long length = request.rangeLength(i);
            marks.mark(offset, length);
            try {
                if (request.type() == BlockRequest.Type.DISCARD) {
                    file.discard(offset, length);
                } else {
                    file.writeZeroes(offset, length, request.rangeMayUnmap(i));
                }
            } finally {
                marks.mark(offset, length);
            }
        }
    }

    /** Reads what the disk holds; fails if that is less than asked for. */
    void read(long offset, ByteBuffer target) throws IOException {
        if (file.read(target, offset) < 0 || target.hasRemaining()) {
            throw new IOException(file + " ends before " + (offset + target.remaining()));
        }
    }
}
