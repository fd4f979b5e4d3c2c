package org.kemari.page.internal;

import java.util.Optional;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** Names of MBeans, from strings that anybody may have written. */
final class Names {
    static final String DOMAIN = "org.kemari";

    private Names() {}

    /** @throws IllegalArgumentException if it is none */
    static ObjectName of(String text) {
        try {
            return new ObjectName(text);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("not the name of an MBean", e);
        }
    }

    /**
     * One of Kemari's MBeans as it was registered: Karaf's guard looks for rules in the order of a name's keys, and it is not
     * up to users to choose it. Empty if there is none.
     *
     * @throws IllegalArgumentException if it is not the name of one of Kemari's, or a pattern
     */
    static Optional<ObjectName> registered(MBeanServer server, String text) {
        ObjectName name = of(text);
        if (!name.getDomain().equals(DOMAIN) || name.isPattern()) {
            throw new IllegalArgumentException("not the name of one of Kemari's MBeans");
        }
        return server.queryNames(name, null).stream().findFirst();
    }

    /**
     * A value within a name; Karaf's guard takes names apart at commas.
     *
     * @throws IllegalArgumentException if it could be more than a value
     */
    static String value(String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' || ",=:\"*?".indexOf(c) >= 0)) {
            throw new IllegalArgumentException("not a name");
        }
        return text;
    }
}
