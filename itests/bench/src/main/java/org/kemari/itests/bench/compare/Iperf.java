package org.kemari.itests.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjDoubleConsumer;

/** One TCP connection at full speed, in each direction. */
final class Iperf implements Workload {
    private static final int PORT = 5201;
    private static final String LOG = "/tmp/iperf3.log";
    private static final double AIM = 0.6;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "iperf3";
    }

    @Override
    public String words() {
        return "iperf3 -s in the guest, one TCP connection in each direction; bytes that have arrived.";
    }

    @Override
    public void addPrograms(Programs programs) {
        programs.add("iperf3", "iperf3");
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        found.accept(
                Figure.throughput("iperf3 from the guest", "MB/s").aiming(AIM),
                bytesPerSecond(subject, PORT, seconds, List.of("-R")) / 1e6);
        found.accept(
                Figure.throughput("iperf3 to the guest", "MB/s").aiming(AIM),
                bytesPerSecond(subject, PORT + 1, seconds, List.of()) / 1e6);
    }

    /** With a server for this test alone: between two tests it does not listen for a while. */
    private static double bytesPerSecond(Subject subject, int port, double seconds, List<String> direction)
            throws IOException {
        subject.shell().run("/bin/iperf3 -s -1 -D --logfile " + LOG + " -p " + port);
        subject.shell().awaitListener(port);
        List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-c", subject.address()));
        command.addAll(List.of("-p", Integer.toString(port), "-t", Long.toString(Math.round(seconds))));
        command.addAll(direction);
        JsonNode report = JSON.readTree(Client.run(command));
        double bits = report.at("/end/sum_received/bits_per_second").asDouble(Double.NaN);
        if (!(bits > 0)) {
            throw new IOException("iperf3 has received nothing: "
                    + report.path("error").asText() + "; the server says: "
                    + subject.shell().time("/bin/busybox cat " + LOG).text());
        }
        return bits / 8;
    }
}
