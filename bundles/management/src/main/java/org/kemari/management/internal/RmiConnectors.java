package org.kemari.management.internal;

import java.rmi.NotBoundException;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.Query;
import javax.management.StringValueExp;
import javax.management.remote.JMXServiceURL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the RMI connectors of an MBean server can be found by consoles. */
final class RmiConnectors {
    private static final Logger LOG = LoggerFactory.getLogger(RmiConnectors.class);
    private static final StringValueExp CONNECTOR =
            new StringValueExp("javax.management.remote.rmi.RMIConnectorServer");
    private static final Pattern NAME = Pattern.compile("/jndi/rmi://(.+):(\\d{1,5})/(.+)");

    private RmiConnectors() {}

    /** {@code false} only if there is none, or one of them is certain not to be found. */
    static boolean serve(MBeanServer server) {
        try {
            Set<ObjectName> names = server.queryNames(null, Query.isInstanceOf(CONNECTOR));
            for (ObjectName name : names) {
                boolean active = (Boolean) server.getAttribute(name, "Active");
                if (!active || !isBound((JMXServiceURL) server.getAttribute(name, "Address"))) {
                    return false;
                }
            }
            return !names.isEmpty();
        } catch (JMException e) {
            LOG.debug("the connectors cannot be looked at", e); // one of them is just going
            return true;
        }
    }

    /** Whether a registry has the name of the address; true if it cannot be asked, for it may want TLS. */
    static boolean isBound(JMXServiceURL address) {
        Matcher jndi = NAME.matcher(address.getURLPath());
        if (!jndi.matches()) {
            return true;
        }
        try {
            LocateRegistry.getRegistry(jndi.group(1), Integer.parseInt(jndi.group(2)))
                    .lookup(jndi.group(3));
            return true;
        } catch (NotBoundException e) {
            LOG.debug("{} is not bound", address, e);
            return false;
        } catch (RemoteException e) {
            LOG.debug("the registry of {} cannot be asked", address, e);
            return true;
        }
    }
}
