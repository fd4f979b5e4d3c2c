package org.kemari.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Frames of a checkpoint, written and read. One operation is one frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBenchmark {
    /** What is in a frame. */
    public enum Content {
        /** 256 scattered pages. */
        PAGES,
        /** One page: what an idle guest's checkpoint has several of. */
        PAGE,
        /** The devices of a guest. */
        DEVICE_STATE,
        /** The rings of a disk and a card, with 16 requests in flight. */
        RINGS,
        /** A frame without a payload. */
        CONTROL
    }

    @Param
    public Content content;

    private final Loop loop = new Loop();
    private final FrameWriter writer = new FrameWriter(loop, 7);
    private final FrameReader reader = new FrameReader(loop, 7);
    private final Nowhere nowhere = new Nowhere();
    private final FrameWriter blind = new FrameWriter(nowhere, 7);
    private final ByteBuffer payload = ByteBuffer.allocateDirect(2 << 20);
    private final Limits limits = new Limits(1 << 20, List.of());
    private WireMessage message;

    @Setup(Level.Trial)
    public void makeMessage() {
        message = switch (content) {
            case PAGES -> pages(256);
            case PAGE -> pages(1);
            case DEVICE_STATE -> new WireMessage.DeviceState(0, 124_000, random(124_000));
            case RINGS -> new WireMessage.Rings(rings());
            case CONTROL -> new WireMessage.CheckpointBegin();
        };
    }

    private static WireMessage pages(int count) {
        ByteBuffer runs = ByteBuffer.allocateDirect(count * PageRuns.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            runs.putInt(7 * i).putInt(1);
        }
        return new WireMessage.Pages(runs.flip(), random(count * PageRuns.PAGE_BYTES));
    }

    private static ByteBuffer random(int bytes) {
        byte[] content = new byte[bytes];
        new java.util.Random(bytes).nextBytes(content);
        return ByteBuffer.allocateDirect(bytes).put(content).flip();
    }

    private static TapSnapshot rings() {
        List<InFlight> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            requests.add(new InFlight(3 * i, 1000 + i));
        }
        RingSnapshot disk = new RingSnapshot(0, 256, 0x1000, 0x2000, 0x3000, 1016, 1000, requests);
        RingSnapshot in = new RingSnapshot(0, 256, 0x4000, 0x5000, 0x6000, 300, 200, List.of());
        RingSnapshot out = new RingSnapshot(1, 256, 0x7000, 0x8000, 0x9000, 500, 500, List.of());
        return new TapSnapshot(
                List.of(new MemoryRegion(0, 1 << 30, 0)),
                List.of(
                        new DeviceSnapshot("disk0", DeviceKind.BLOCK, -1, 1, List.of(disk)),
                        new DeviceSnapshot("nic0", DeviceKind.NET, -1, 1, List.of(in, out))));
    }

    /** Writes a frame, checksum and all, to a link that goes nowhere. */
    @Benchmark
    public int encode() throws IOException {
        return blind.write(message, 1);
    }

    /** Writes it, carries it over by copying, reads it, checks it and makes a message of it. */
    @Benchmark
    public WireMessage encodeAndDecode() throws IOException {
        writer.write(message, 1);
        FrameHeader header = reader.readHeader();
        reader.readPayload(header, payload.clear().limit(header.length()));
        return MessageCodec.decode(header.type(), payload, limits);
    }
}
