package org.kemari.statetransfer.internal.wire;

/** Kinds of frames. */
public enum FrameType {
    HELLO(1),
    ACCEPT(2),
    REFUSE(3),
    PAGES(4),
    DISK(5),
    DISK_ZERO(6),
    ROUND(7),
    SYNCED(8),
    CHECKPOINT_BEGIN(9),
    DEVICE_STATE(10),
    RINGS(11),
    CHECKPOINT_END(12),
    COMMITTED(13),
    JOINED(14),
    FAREWELL(15),
    ERROR(16),
    LACKING(17),
    DISK_CHANGES(18),
    DISK_DIGESTS(19),
    DISK_DIFFERS(20),
    SETTLE(21),
    SETTLED(22),
    FIRMWARE_VARIABLES(23),
    DISK_FLUSH(24),
    PAGE_DELTAS(0x60),
    STATE_DELTA(0x61),
    RECEIVED(0x70),
    DELIVERED(0x71),
    HELD(0x72);

    private static final FrameType[] BY_CODE = new FrameType[0x80];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static FrameType of(int code) throws WireException {
        FrameType type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (type == null) {
            throw new WireException("a frame of the unknown kind " + code);
        }
        return type;
    }
}
