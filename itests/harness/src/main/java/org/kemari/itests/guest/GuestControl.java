package org.kemari.itests.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Shell;

/** Asks the guest to do things: one connection, one line each way. */
public final class GuestControl implements AutoCloseable {
    private static final int CONNECT_MILLIS = 1000;
    private static final int ANSWER_MILLIS = 60_000;

    private final Socket socket;
    private final BufferedReader in;

    private GuestControl(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Connects to a guest that is up. */
    public static GuestControl connect(String address) throws IOException {
        return new GuestControl(open(address, GuestPorts.CONTROL, ANSWER_MILLIS));
    }

    /** Connects as soon as the guest is up. */
    public static GuestControl await(String address, Duration patience) throws TimeoutException {
        // another guest may have had this address, with another MAC: do not wait for the neighbour table to forget it
        Shell.tryRun(List.of("ip", "neigh", "flush", "to", address));
        GuestControl[] control = new GuestControl[1];
        Await.until("the guest at " + address + " answers", patience, () -> {
            control[0] = connect(address);
            try {
                control[0].ask("status");
                return true;
            } catch (IOException e) {
                control[0].close();
                throw e;
            }
        });
        return control[0];
    }

    static Socket open(String address, int port, int answerMillis) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(answerMillis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a command and returns the answer's words {@code key=value}. */
    public synchronized Map<String, String> ask(String command) throws IOException {
        tell(command);
        String answer = in.readLine();
        if (answer == null) {
            throw new IOException("the guest hung up on '" + command + "'");
        }
        if (!answer.startsWith("ok")) {
            throw new IOException("the guest answers '" + command + "' with: " + answer);
        }
        Map<String, String> words = new HashMap<>();
        for (String word : answer.split(" ")) {
            String[] pair = word.split("=", 2);
            words.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        return words;
    }

    /** Sends a command that the guest does not live to answer. */
    public synchronized void tell(String command) throws IOException {
        socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Tells one start of the guest's kernel from another. */
    public String bootId() throws IOException {
        return ask("status").get("boot");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
