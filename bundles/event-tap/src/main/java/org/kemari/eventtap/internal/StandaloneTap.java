package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.linux.UnixListener;

/** A disk served on a socket without a domain around it: outputs always pass. */
public final class StandaloneTap implements AutoCloseable {
    private static final int IO_THREADS = 8;
    private static final int ID_CHARACTERS = 20;

    private final BlockDevice device;
    private Optional<DeviceServer> server = Optional.empty();

    private StandaloneTap(BlockDevice device) {
        this.device = device;
    }

    /** Opens the disk; the error message names it. */
    public static StandaloneTap open(Path path, int queues, boolean readOnly) throws IOException {
        String name = String.valueOf(path.getFileName());
        String id = name.substring(0, Math.min(name.length(), ID_CHARACTERS));
        Disk disk = Disk.open(id, path, readOnly, Optional.empty());
        return new StandaloneTap(new BlockDevice(disk, queues, IO_THREADS, DeviceEvents.NONE));
    }

    /** Where front ends will connect. Takes the listener over. */
    public void listen(UnixListener listener) throws IOException {
        server = Optional.of(new DeviceServer(device, Connector.on(listener), Optional.empty()));
    }

    public void start() {
        server.orElseThrow().start();
    }

    /** Returns when nothing is executed any more and the socket is gone. */
    @Override
    public void close() {
        server.ifPresentOrElse(DeviceServer::close, device::close);
    }
}
