package org.kemari.itests.lab;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** A Karaf as its own MBeans show it. */
public final class KarafConsole {
    /** As Karaf spells it. */
    private static final Set<String> SATISFIED = Set.of("Statisfied", "Active");

    private final MBeanServerConnection server;

    public KarafConsole(HostConsole console) {
        this.server = console.server();
    }

    /** State by symbolic name. */
    public Map<String, String> bundles() throws JMException, IOException {
        Map<String, String> states = new TreeMap<>();
        for (CompositeData row : table("bundle", "Bundles")) {
            states.put((String) row.get("Symbolic Name"), (String) row.get("State"));
        }
        return states;
    }

    /** Configurations of components that could not be activated if they were asked for, and why. */
    public List<String> unsatisfiedComponents() throws JMException, IOException {
        List<String> names = new ArrayList<>();
        for (CompositeData row : table("scr", "ComponentConfigs")) {
            String state = row.get("State").toString();
            if (!SATISFIED.contains(state)) {
                names.add(row.get("Name") + " is in state " + state);
            }
        }
        return names;
    }

    /** Names of the components, of those of Kemari. */
    public List<String> components() throws JMException, IOException {
        return table("scr", "Components").stream()
                .map(row -> (String) row.get("Name"))
                .filter(name -> name.startsWith("org.kemari."))
                .toList();
    }

    /** Names of the feature repositories. */
    public TreeSet<String> repositories() throws JMException, IOException {
        TreeSet<String> names = new TreeSet<>();
        for (CompositeData row : table("feature", "Repositories")) {
            names.add((String) row.get("Name"));
        }
        return names;
    }

    /** Names of the threads. */
    public TreeSet<String> threads() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (ThreadInfo thread : dump()) {
            names.add(thread.getThreadName());
        }
        return names;
    }

    /** Where threads are in the code of a package or of those below it: thread, class and method of each place. */
    public List<String> placesIn(String packageName) throws IOException {
        List<String> places = new ArrayList<>();
        for (ThreadInfo thread : dump()) {
            for (StackTraceElement frame : thread.getStackTrace()) {
                if (frame.getClassName().startsWith(packageName + ".")) {
                    places.add(thread.getThreadName() + " in " + frame.getClassName() + "." + frame.getMethodName());
                }
            }
        }
        return places;
    }

    private ThreadInfo[] dump() throws IOException {
        return ManagementFactory.newPlatformMXBeanProxy(
                        server, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class)
                .dumpAllThreads(false, false);
    }

    /** Waits until features can be installed: consoles are let in earlier. */
    public void awaitFeatures(Duration patience) throws TimeoutException {
        Await.until("features can be installed", patience, () -> server.isRegistered(name("feature")));
    }

    public void addRepository(String uri) throws JMException, IOException {
        invoke("feature", "addRepository", uri);
    }

    public void removeRepository(String uri) throws JMException, IOException {
        invoke("feature", "removeRepository", uri);
    }

    public void install(String feature) throws JMException, IOException {
        invoke("feature", "installFeature", feature);
    }

    public void uninstall(String feature) throws JMException, IOException {
        invoke("feature", "uninstallFeature", feature);
    }

    public void uninstallKar(String name) throws JMException, IOException {
        invoke("kar", "uninstall", name);
    }

    private void invoke(String type, String operation, String argument) throws JMException, IOException {
        server.invoke(name(type), operation, new Object[] {argument}, new String[] {String.class.getName()});
    }

    private List<CompositeData> table(String type, String attribute) throws JMException, IOException {
        List<CompositeData> rows = new ArrayList<>();
        for (Object row : ((TabularData) server.getAttribute(name(type), attribute)).values()) {
            rows.add((CompositeData) row);
        }
        return rows;
    }

    private static ObjectName name(String type) throws JMException {
        return new ObjectName("org.apache.karaf:type=" + type + ",name=root");
    }
}
