package org.kemari.arbiterzookeeper.internal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server of ZooKeeper, and knows where requests begin. It can keep writes back and let them
 * go later, even when the client is gone by then; it can keep answers back; and it can do both to everything.
 */
final class TcpProxy implements AutoCloseable {
    private static final int CREATE = 1;
    private static final int SET_DATA = 5;
    private static final int CREATE2 = 15;

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean holdingWrites;
    private boolean holdingAnswers;
    private boolean silent;
    private boolean closed;
    private int writesHeld;

    TcpProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on writes, and what comes after them, stay here. */
    synchronized void holdWrites() {
        holdingWrites = true;
        writesHeld = 0;
    }

    /** What was held goes to the server; answers stay here from now on. */
    synchronized void releaseWritesAndHoldAnswers() {
        holdingAnswers = true;
        holdingWrites = false;
        notifyAll();
    }

    /** From now on nothing passes in either direction, and new connections hear nothing. */
    synchronized void silence() {
        silent = true;
    }

    /** Lets everything go, what was held first. */
    synchronized void release() {
        holdingWrites = false;
        holdingAnswers = false;
        silent = false;
        notifyAll();
    }

    synchronized int writesHeld() {
        return writesHeld;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                start(() -> requests(client, server));
                start(() -> answers(client, server));
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    /** Goes on to deliver what it has read when the client is gone. */
    private void requests(Socket client, Socket server) {
        try (server) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            boolean greeted = false;
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                int type = greeted && frame.length >= 8 ? ByteBuffer.wrap(frame).getInt(4) : 0;
                pass(type == CREATE || type == CREATE2 || type == SET_DATA);
                greeted = true;
                out.writeInt(frame.length);
                out.write(frame);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            sockets.remove(server);
        }
    }

    private void answers(Socket client, Socket server) {
        byte[] buffer = new byte[8192];
        try (client) {
            while (true) {
                int count = server.getInputStream().read(buffer);
                if (count < 0) {
                    return;
                }
                synchronized (this) {
                    while ((holdingAnswers || silent) && !closed) {
                        wait();
                    }
                }
                client.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException | InterruptedException e) {
            sockets.remove(client);
        }
    }

    private synchronized void pass(boolean write) throws InterruptedException {
        if (write && holdingWrites) {
            writesHeld++;
        }
        boolean held = write && holdingWrites;
        while ((held && holdingWrites || silent) && !closed) {
            wait();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
