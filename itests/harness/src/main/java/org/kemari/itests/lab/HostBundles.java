package org.kemari.itests.lab;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** What an operator does with the bundles of a host, by Karaf's own MBean. */
public final class HostBundles {
    private final MBeanServerConnection server;
    private final ObjectName bean;

    /** What can be done with a bundle. */
    public enum Exchange {
        UPDATE,
        RESTART,
        STOP_AND_START,
        REFRESH
    }

    public HostBundles(HostConsole console) {
        this.server = console.server();
        try {
            this.bean = new ObjectName("org.apache.karaf:type=bundle,name=root");
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when Karaf has done it, which is before all components are there again. */
    public void exchange(String symbolicName, Exchange how) throws IOException {
        String id = id(symbolicName);
        switch (how) {
            case UPDATE -> invoke("update", id);
            case RESTART -> invoke("restart", id);
            case STOP_AND_START -> {
                invoke("stop", id);
                invoke("start", id);
            }
            case REFRESH -> invoke("refresh", id);
        }
    }

    /** Puts a bundle of the same symbolic name in the place of one; returns when Karaf has done it. */
    public void update(String symbolicName, URI location) throws IOException {
        invoke("update", id(symbolicName), location.toString());
    }

    public void stop(String symbolicName) throws IOException {
        invoke("stop", id(symbolicName));
    }

    public void start(String symbolicName) throws IOException {
        invoke("start", id(symbolicName));
    }

    public String version(String symbolicName) throws IOException {
        return (String) row(symbolicName).get("Version");
    }

    public boolean isActive(String symbolicName) throws IOException {
        return "Active".equals(row(symbolicName).get("State"));
    }

    private String id(String symbolicName) throws IOException {
        return Long.toString((Long) row(symbolicName).get("ID"));
    }

    private CompositeData row(String symbolicName) throws IOException {
        try {
            TabularData all = (TabularData) server.getAttribute(bean, "Bundles");
            for (Object row : all.values()) {
                CompositeData bundle = (CompositeData) row;
                if (bundle.containsValue(symbolicName)) {
                    return bundle;
                }
            }
        } catch (JMException e) {
            throw new IOException("Karaf does not tell its bundles", e);
        }
        throw new IOException("there is no bundle " + symbolicName);
    }

    private void invoke(String operation, String... arguments) throws IOException {
        String[] types = new String[arguments.length];
        Arrays.fill(types, String.class.getName());
        try {
            server.invoke(bean, operation, arguments, types);
        } catch (JMException e) {
            throw new IOException("bundle " + arguments[0] + ": " + operation + " failed", e);
        }
    }
}
