package org.kemari.itests.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.kemari.api.management.ArbiterMXBean;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.HealthMonitorMXBean;
import org.kemari.api.management.HostMXBean;
import org.kemari.api.management.RingRestorationMXBean;
import org.kemari.api.management.StateTransferMXBean;

/** A host as an operator's console sees it: over remote JMX, and in no other way. */
public final class HostConsole {
    /**
     * Not Karaf's defaults: its connector begins with these, ends, and begins again when the settings arrive, at most boots.
     * With the same ports one boot in some hundreds has no connector in the end, as the first one was not gone yet.
     */
    static final int REGISTRY_PORT = 1199;

    static final int SERVER_PORT = 44544;
    static final String USER = "operator";
    static final String PASSWORD = "operator";

    static {
        // a host that dies in the middle of an answer must not hang its console
        System.setProperty("sun.rmi.transport.tcp.responseTimeout", "15000");
        System.setProperty("sun.rmi.transport.connectionTimeout", "15000");
    }

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private HostConsole(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    /** Connects to the host's JMX port, which must be listening. */
    public static HostConsole connect(String address) throws IOException {
        return connect(address, USER, PASSWORD);
    }

    static HostConsole connect(String address, String user, String password) throws IOException {
        return connect(address, SERVER_PORT, REGISTRY_PORT, user, password);
    }

    /** Connects to a Karaf that has the ports which it comes with. */
    static HostConsole connectToDefaults(String address) throws IOException {
        return connect(address, 44444, 1099, USER, PASSWORD);
    }

    static String url(String address) {
        return url(address, SERVER_PORT, REGISTRY_PORT);
    }

    private static String url(String address, int server, int registry) {
        return "service:jmx:rmi://" + address + ":" + server + "/jndi/rmi://" + address + ":" + registry
                + "/karaf-root";
    }

    private static HostConsole connect(String address, int server, int registry, String user, String password)
            throws IOException {
        JMXServiceURL url = new JMXServiceURL(url(address, server, registry));
        return new HostConsole(JMXConnectorFactory.connect(
                url,
                Map.of(
                        JMXConnector.CREDENTIALS,
                        new String[] {user, password},
                        // a host whose cable was cut for a moment keeps its console
                        "jmx.remote.x.client.connection.check.period",
                        0L)));
    }

    public MBeanServerConnection server() {
        return server;
    }

    public HostMXBean host() {
        return bean("type=Host", HostMXBean.class);
    }

    public DomainMXBean domain(String name) {
        return bean("type=Domain,name=" + name, DomainMXBean.class);
    }

    public EventTapMXBean tap(String domain, String device) {
        return bean("type=EventTap,domain=" + domain + ",device=" + device, EventTapMXBean.class);
    }

    public StateTransferMXBean transfer(String domain) {
        return bean("type=StateTransfer,domain=" + domain, StateTransferMXBean.class);
    }

    public RingRestorationMXBean restoration(String domain) {
        return bean("type=RingRestoration,domain=" + domain, RingRestorationMXBean.class);
    }

    public HealthMonitorMXBean health(String peer) {
        return bean("type=HealthMonitor,peer=" + peer, HealthMonitorMXBean.class);
    }

    public ArbiterMXBean arbiter() {
        return bean("type=Arbiter", ArbiterMXBean.class);
    }

    /** Names of Kemari's MBeans. */
    public Set<ObjectName> names() throws IOException {
        return server.queryNames(name("*"), null);
    }

    /** Ends the host's Karaf; returns when it has begun to. */
    void halt() throws IOException {
        try {
            server.invoke(new ObjectName("org.apache.karaf:type=system,name=root"), "halt", null, null);
        } catch (JMException e) {
            throw new IOException("Karaf does not halt", e);
        }
    }

    /** Waits until this host is in one of the roles NONE, PRIMARY and STANDBY to a domain. */
    public void awaitRole(String domain, Duration patience, String... roles) throws TimeoutException {
        DomainMXBean bean = domain(domain);
        String[] seen = {"not there"};
        try {
            Await.until(domain + " is here " + String.join(" or ", roles), patience, () -> {
                String role = bean.getRole();
                seen[0] = role + " " + bean.getState() + ": " + bean.getReason();
                return Arrays.asList(roles).contains(role);
            });
        } catch (TimeoutException e) {
            throw new TimeoutException(e.getMessage() + "; it is " + seen[0]);
        }
    }

    /** Waits until a domain is in one of the states. */
    public void awaitState(String domain, Duration patience, String... states) throws TimeoutException {
        DomainMXBean bean = domain(domain);
        String[] seen = {"not there"};
        try {
            Await.until(domain + " is " + String.join(" or ", states), patience, () -> {
                String state = bean.getState();
                seen[0] = state + ": " + bean.getReason();
                boolean reached = Arrays.asList(states).contains(state);
                if (!reached && state.equals("FAILED")) {
                    throw new Await.AbortWaiting(domain + " has FAILED: " + bean.getReason());
                }
                return reached;
            });
        } catch (TimeoutException e) {
            TimeoutException better = new TimeoutException(e.getMessage() + "; it is " + seen[0]);
            better.initCause(e);
            throw better;
        }
    }

    /** Lets go of a connection whose other end is dead. */
    void forget() {
        Thread closer = new Thread(
                () -> {
                    try {
                        connector.close();
                    } catch (IOException e) {
                        // expected: the other end is dead
                        return;
                    }
                },
                "kemari-console-forget");
        closer.setDaemon(true);
        closer.start();
    }

    private <T> T bean(String keys, Class<T> type) {
        return JMX.newMXBeanProxy(server, name(keys), type);
    }

    private static ObjectName name(String keys) {
        try {
            return new ObjectName("org.kemari:" + keys);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
