package org.kemari.management.internal;

/** Names of the MBeans. No value needs quotes: Karaf's guard splits on commas. */
final class ObjectNames {
    static final String HOST = "org.kemari:type=Host";
    static final String ARBITER = "org.kemari:type=Arbiter";
    static final String THRESHOLDS = "org.kemari:type=Thresholds";

    private ObjectNames() {}

    static String domain(String name) {
        return "org.kemari:type=Domain,name=" + value(name);
    }

    static String eventTap(String domain, String device) {
        return "org.kemari:type=EventTap,domain=" + value(domain) + ",device=" + value(device);
    }

    static String stateTransfer(String domain) {
        return "org.kemari:type=StateTransfer,domain=" + value(domain);
    }

    static String ringRestoration(String domain) {
        return "org.kemari:type=RingRestoration,domain=" + value(domain);
    }

    static String health(String peer) {
        return "org.kemari:type=HealthMonitor,peer=" + value(peer);
    }

    private static String value(String text) {
        return text.isEmpty() ? "_" : text.replaceAll("[^A-Za-z0-9_.-]", "_");
    }
}
