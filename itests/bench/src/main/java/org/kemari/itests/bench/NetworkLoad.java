package org.kemari.itests.bench;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.kemari.itests.guest.GuestPorts;

/** A client of the guest's echo and bulk services. */
final class NetworkLoad {
    private static final int CONNECT_MILLIS = 5000;
    private static final int ANSWER_MILLIS = 60_000;
    private static final int CHUNK = 256 << 10;
    /** Enough for TCP to get going, and to see how much more fits into the time. */
    private static final long FIRST_BYTES = 4L << 20;

    private static final long MOST_BYTES = 4L << 30;

    private NetworkLoad() {}

    /** Round trips of one short line, milliseconds. */
    static Samples echo(String address, double seconds) throws IOException {
        Samples samples = new Samples();
        try (Socket socket = open(address, GuestPorts.ECHO)) {
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            long end = System.nanoTime() + (long) (seconds * 1e9);
            for (int i = 0; System.nanoTime() < end; i++) {
                String line = "echo " + i;
                long sent = System.nanoTime();
                out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                if (!line.equals(in.readLine())) {
                    throw new IOException("the guest's echo service sent something else");
                }
                samples.add((System.nanoTime() - sent) / 1e6);
            }
        }
        return samples;
    }

    /** Bytes per second over one connection that the guest fills, for about so long. */
    static double fromGuest(String address, double seconds) throws IOException {
        try (Socket socket = open(address, GuestPorts.BULK)) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] chunk = new byte[CHUNK];
            double first = receive(socket, in, chunk, FIRST_BYTES);
            return receive(socket, in, chunk, bytesFor(first, seconds));
        }
    }

    /** Bytes per second over one connection that the guest empties, for about so long. */
    static double toGuest(String address, double seconds) throws IOException {
        try (Socket socket = open(address, GuestPorts.BULK)) {
            byte[] chunk = new byte[CHUNK];
            double first = send(socket, chunk, FIRST_BYTES);
            return send(socket, chunk, bytesFor(first, seconds));
        }
    }

    private static double receive(Socket socket, InputStream in, byte[] chunk, long bytes) throws IOException {
        long begun = System.nanoTime();
        socket.getOutputStream().write(("send " + bytes + "\n").getBytes(StandardCharsets.US_ASCII));
        for (long left = bytes; left > 0; ) {
            int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (n < 0) {
                throw new IOException("the guest hung up");
            }
            left -= n;
        }
        return bytes / ((System.nanoTime() - begun) / 1e9);
    }

    private static double send(Socket socket, byte[] chunk, long bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        long begun = System.nanoTime();
        out.write(("receive " + bytes + "\n").getBytes(StandardCharsets.US_ASCII));
        for (long left = bytes; left > 0; ) {
            int n = (int) Math.min(chunk.length, left);
            out.write(chunk, 0, n);
            left -= n;
        }
        byte[] answer = socket.getInputStream().readNBytes(3);
        if (answer.length != 3 || answer[0] != 'o') {
            throw new IOException("the guest hung up");
        }
        return bytes / ((System.nanoTime() - begun) / 1e9);
    }

    private static long bytesFor(double bytesPerSecond, double seconds) {
        return Math.max(FIRST_BYTES, Math.min(MOST_BYTES, (long) (bytesPerSecond * seconds)));
    }

    private static Socket open(String address, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
