package org.kemari.protection.internal;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the classes of bundles ahead of their use. A takeover happens once, and half of its time would go into loading
 * and verifying the classes that it is the first to use.
 */
final class ClassLoading {
    private static final Logger LOG = LoggerFactory.getLogger(ClassLoading.class);

    private ClassLoading() {}

    /** Loads and initialises all classes of the bundle that this object's class comes from; outside OSGi it does nothing. */
    static void ahead(Object service) {
        Bundle bundle = FrameworkUtil.getBundle(service.getClass());
        if (bundle == null) {
            return;
        }
        Enumeration<URL> entries = bundle.findEntries("/", "*.class", true);
        int count = 0;
        for (URL entry : entries == null ? Collections.<URL>emptyList() : Collections.list(entries)) {
            String path = entry.getPath();
            String name = path.substring(1, path.length() - ".class".length()).replace('/', '.');
            try {
                Class.forName(name, true, service.getClass().getClassLoader());
                count++;
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{}: {} cannot be loaded ahead", bundle.getSymbolicName(), name, e);
            }
        }
        LOG.debug("{}: {} classes loaded ahead", bundle.getSymbolicName(), count);
    }
}
