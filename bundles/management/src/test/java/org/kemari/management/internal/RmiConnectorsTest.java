package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real connectors, and what becomes of them. */
class RmiConnectorsTest {
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final InetAddress here = InetAddress.getLoopbackAddress();
    private Registry registry;
    private int port;
    private JMXConnectorServer connector;

    @BeforeEach
    void begin() throws Exception {
        registry = LocateRegistry.createRegistry(0, null, any -> {
            ServerSocket socket = new ServerSocket(0, 50, here);
            port = socket.getLocalPort();
            return socket;
        });
        JMXServiceURL address =
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + here.getHostAddress() + ":" + port + "/kemari");
        connector = JMXConnectorServerFactory.newJMXConnectorServer(address, Map.of(), server);
        server.registerMBean(connector, new ObjectName("connector:name=rmi"));
    }

    @AfterEach
    void end() throws Exception {
        connector.stop();
        UnicastRemoteObject.unexportObject(registry, true);
    }

    @Test
    void oneThatHasBegunServes() throws Exception {
        connector.start();
        assertThat(RmiConnectors.serve(server)).isTrue();
    }

    @Test
    void oneThatHasNotDoesNot() {
        assertThat(RmiConnectors.serve(server)).isFalse();
    }

    @Test
    void oneWhoseNameIsGoneDoesNot() throws Exception {
        connector.start();
        registry.unbind("kemari");
        assertThat(RmiConnectors.serve(server)).isFalse();
        connector.getMBeanServer(); // it believes that it serves
        assertThat(connector.isActive()).isTrue();
    }

    @Test
    void whereThereIsNoneNothingServes() {
        assertThat(RmiConnectors.serve(MBeanServerFactory.newMBeanServer())).isFalse();
    }
}
