package org.kemari.itests.lab;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What runs on a host of {@link FaultsIT}: tells all others on every wire, again and again, who it is, and prints what it
 * hears. Arguments: its name, its address on each wire separated by commas, and the addresses to tell.
 */
final class Parrot {
    static final int PORT = 7007;
    private static final int PERIOD_MILLIS = 10;

    private Parrot() {}

    public static void main(String[] args) throws Exception {
        List<DatagramSocket> sockets = new ArrayList<>();
        String[] own = args[1].split(",");
        for (int wire = 0; wire < own.length; wire++) {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(own[wire], PORT));
            sockets.add(socket);
            int number = wire;
            Thread ear = new Thread(() -> listen(socket, number), "kemari-parrot-" + wire);
            ear.setDaemon(true);
            ear.start();
        }
        System.out.println("ready");
        for (long number = 0; ; number++) {
            for (int i = 2; i < args.length; i++) {
                for (int wire = 0; wire < own.length; wire++) {
                    byte[] text =
                            (args[0] + " " + number + " " + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
                    try {
                        sockets.get(wire)
                                .send(new DatagramPacket(
                                        text, text.length, InetAddress.getByName(args[i].split(",")[wire]), PORT));
                    } catch (java.io.IOException e) {
                        // what cannot even be sent is not heard either
                        continue;
                    }
                }
            }
            Thread.sleep(PERIOD_MILLIS);
        }
    }

    private static void listen(DatagramSocket socket, int wire) {
        byte[] buffer = new byte[200];
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
            } catch (java.io.IOException e) {
                System.out.println("deaf " + e);
                return;
            }
            String[] words = new String(buffer, 0, packet.getLength(), StandardCharsets.US_ASCII).split(" ");
            // the machine has one monotonic clock for all its namespaces
            long micros = (System.nanoTime() - Long.parseLong(words[2])) / 1000;
            System.out.println("heard " + words[0] + " " + wire + " " + words[1] + " " + micros);
        }
    }
}
