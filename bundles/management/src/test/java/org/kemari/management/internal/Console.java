package org.kemari.management.internal;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A console in a process of its own, with this class and the JDK on its class path and nothing else: prints every
 * attribute, tries operations, and waits for two notifications.
 */
final class Console {
    private Console() {}

    public static void main(String[] args) throws Exception {
        try {
            Class.forName("org.kemari.api.management.DomainMXBean");
            throw new AssertionError("this console knows Kemari");
        } catch (ClassNotFoundException expected) {
            // as it should be
        }
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(args[0]))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            for (ObjectName name : new TreeSet<>(server.queryNames(new ObjectName("org.kemari:*"), null))) {
                dump(server, name);
            }
            operate(server);
            listen(server);
        }
    }

    private static void dump(MBeanServerConnection server, ObjectName name) throws Exception {
        System.out.println(name + " " + server.getMBeanInfo(name).getDescription());
        Map<String, Object> values = new TreeMap<>();
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
            values.put(attribute.getName(), server.getAttribute(name, attribute.getName()));
        }
        values.forEach((key, value) -> System.out.println("  " + key + " = " + text(value)));
    }

    private static String text(Object value) {
        if (value instanceof CompositeData data) {
            Map<String, Object> all = new TreeMap<>();
            data.getCompositeType().keySet().forEach(k -> all.put(k, data.get(k)));
            return all.toString();
        }
        if (value instanceof javax.management.openmbean.TabularData data) {
            Map<String, Object> all = new TreeMap<>();
            data.values()
                    .forEach(row ->
                            all.put(((CompositeData) row).get("key").toString(), ((CompositeData) row).get("value")));
            return all.toString();
        }
        return value instanceof Object[] array
                ? java.util.Arrays.stream(array).map(Console::text).toList().toString()
                : String.valueOf(value);
    }

    private static void operate(MBeanServerConnection server) throws Exception {
        ObjectName web = new ObjectName("org.kemari:type=Domain,name=web");
        invoke(server, web, "start");
        invoke(server, web, "unprotect");
        invoke(server, web, "takeover");
        invoke(server, web, "switchover");
        invoke(server, web, "stop", 30);
        invoke(server, web, "stop", -1);
        invoke(server, web, "protect", "");
        invoke(server, web, "protect", "west");
        invoke(server, new ObjectName("org.kemari:type=Arbiter"), "decide", "db", true);
        ObjectName host = new ObjectName("org.kemari:type=Host");
        invoke(server, host, "evacuate");
        invoke(server, host, "evacuate");
        System.out.println("evacuating: " + server.getAttribute(host, "Evacuating"));
        invoke(server, host, "endEvacuation");
        System.out.println("evacuating: " + server.getAttribute(host, "Evacuating"));
        invoke(server, host, "reloadConfiguration");
    }

    private static void invoke(MBeanServerConnection server, ObjectName name, String operation, Object... arguments) {
        String[] signature = java.util.Arrays.stream(arguments)
                .map(a -> a instanceof Integer ? "int" : a instanceof Boolean ? "boolean" : "java.lang.String")
                .toArray(String[]::new);
        String outcome;
        try {
            outcome = String.valueOf(server.invoke(name, operation, arguments, signature));
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            outcome = cause.getClass().getName() + ": " + cause.getMessage();
        }
        System.out.println("invoke " + operation + java.util.Arrays.toString(arguments) + ": " + outcome);
    }

    private static void listen(MBeanServerConnection server) throws Exception {
        LinkedBlockingQueue<Notification> heard = new LinkedBlockingQueue<>();
        ObjectName host = new ObjectName("org.kemari:type=Host");
        server.addNotificationListener(host, (notification, back) -> heard.add(notification), null, null);
        System.out.println("listening");
        for (int i = 0; i < 2; i++) {
            Notification n = heard.poll(30, TimeUnit.SECONDS);
            if (n == null) {
                throw new AssertionError("no notification");
            }
            System.out.println("notified " + n.getType() + " from " + n.getSource() + " " + n.getMessage() + " "
                    + text(n.getUserData()));
        }
    }
}
