package org.kemari.linux.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.kemari.linux.NativeMemory;

/**
 * What is at the beginning of a {@link org.kemari.linux.ChangeLog}, little-endian, all within one sector:
 *
 * <pre>
 *    0  8  magic "KMRCHLOG"
 *    8  4  version
 *   12  4  flags: 1 primary, 2 complete, 4 faithful, 8 clean, 16 ahead
 *   16  8  size of the disk
 *   24  8  base session
 *   32 40  boot id, ASCII, padded with zeroes
 *   72  2  length of the peer's name
 *   74 ..  the peer's name, UTF-8, up to 255 bytes
 *  336  8  birth of the disk, see {@link org.kemari.linux.BlockFile.Identity}
 *  504  4  CRC-32C of what is before
 *  512  4  which bitmap is the current one, 0 or 1: changes with each rotation, not covered by the checksum
 *  516  4  not 0: no rotation any more
 * </pre>
 */
public record ChangeLogHeader(
        String peer,
        long session,
        long diskBytes,
        long birth,
        String boot,
        boolean primary,
        boolean complete,
        boolean faithful,
        boolean clean,
        boolean ahead) {
    private static final long MAGIC = 0x474f_4c48_4352_4d4bL;
    private static final int VERSION = 3;
    private static final int BOOT_AT = 32;
    private static final int BOOT_BYTES = 40;
    private static final int PEER_AT = 72;
    private static final int MAX_PEER = 255;
    private static final int BIRTH_AT = 336;
    private static final int CRC_AT = 504;
    private static final int CURRENT_AT = 512;
    private static final int FROZEN_AT = 516;

    public ChangeLogHeader {
        if (session == 0) {
            throw new IllegalArgumentException("a change log needs a session to begin with");
        }
        if (peer.getBytes(StandardCharsets.UTF_8).length > MAX_PEER || boot.length() > BOOT_BYTES) {
            throw new IllegalArgumentException("peer " + peer + " or boot " + boot + " is too long");
        }
    }

    public ChangeLogHeader during(String newBoot) {
        return new ChangeLogHeader(peer, session, diskBytes, birth, newBoot, primary, complete, faithful, false, ahead);
    }

    public ChangeLogHeader completed() {
        return new ChangeLogHeader(peer, session, diskBytes, birth, boot, primary, true, faithful, clean, ahead);
    }

    public ChangeLogHeader diverged() {
        return new ChangeLogHeader(peer, session, diskBytes, birth, boot, primary, complete, false, clean, false);
    }

    public ChangeLogHeader runningAhead() {
        return new ChangeLogHeader(peer, session, diskBytes, birth, boot, primary, complete, false, clean, true);
    }

    public ChangeLogHeader cleaned() {
        return new ChangeLogHeader(peer, session, diskBytes, birth, boot, primary, complete, faithful, true, ahead);
    }

    public void put(NativeMemory memory) {
        ByteBuffer out = ByteBuffer.allocate(CRC_AT + 4).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(MAGIC).putInt(VERSION);
        out.putInt((primary ? 1 : 0) | (complete ? 2 : 0) | (faithful ? 4 : 0) | (clean ? 8 : 0) | (ahead ? 16 : 0));
        out.putLong(diskBytes).putLong(session);
        out.put(boot.getBytes(StandardCharsets.US_ASCII));
        byte[] name = peer.getBytes(StandardCharsets.UTF_8);
        out.position(PEER_AT).putShort((short) name.length).put(name);
        out.putLong(BIRTH_AT, birth);
        out.putInt(CRC_AT, crc(out.array())).clear();
        memory.copyFrom(0, out);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC_AT);
        return (int) crc.getValue();
    }

    /** @throws IOException if there is none */
    public static ChangeLogHeader take(NativeMemory memory, Path path) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(CRC_AT + 4).order(ByteOrder.LITTLE_ENDIAN);
        memory.copyTo(0, in);
        in.flip();
        int current = memory.getIntAcquire(CURRENT_AT);
        if (in.getLong() != MAGIC
                || in.getInt(CRC_AT) != crc(in.array())
                || in.getInt() != VERSION
                || current < 0
                || current > 1) {
            throw new IOException("the change log " + path + " is damaged");
        }
        int flags = in.getInt();
        long diskBytes = in.getLong();
        long session = in.getLong();
        byte[] boot = new byte[BOOT_BYTES];
        in.get(BOOT_AT, boot);
        byte[] peer = new byte[Math.min(MAX_PEER, Short.toUnsignedInt(in.getShort(PEER_AT)))];
        in.get(PEER_AT + 2, peer);
        return new ChangeLogHeader(
                new String(peer, StandardCharsets.UTF_8),
                session,
                diskBytes,
                in.getLong(BIRTH_AT),
                new String(boot, StandardCharsets.US_ASCII).replace("\0", ""),
                (flags & 1) != 0,
                (flags & 2) != 0,
                (flags & 4) != 0,
                (flags & 8) != 0,
                (flags & 16) != 0);
    }

    public static int current(NativeMemory memory) {
        return memory.getIntAcquire(CURRENT_AT) & 1;
    }

    public static void current(NativeMemory memory, int index) {
        memory.putIntRelease(CURRENT_AT, index);
    }

    public static boolean isFrozen(NativeMemory memory) {
        return memory.getIntAcquire(FROZEN_AT) != 0;
    }

    public static void freeze(NativeMemory memory) {
        memory.putIntRelease(FROZEN_AT, 1);
    }
}
