package org.kemari.page.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import javax.management.MBeanServer;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * An MBean server as remote consoles have it. Karaf puts its guard between its connector and the MBean server, not before
 * the MBean server itself: whoever calls that within Karaf is asked nothing. So the same guard is put here.
 */
final class Guard implements InvocationHandler {
    private static final String KARAFS = "org.apache.karaf.management.KarafMBeanServerGuard";

    /** What the guard knows about; it lets everything else pass. */
    private static final Set<String> GUARDED =
            Set.of("getAttribute", "getAttributes", "setAttribute", "setAttributes", "invoke");

    /** What tells no more than what there is; the guard itself asks. */
    private static final Set<String> HARMLESS = Set.of("getMBeanInfo", "queryNames", "isInstanceOf");

    private final MBeanServer server;
    private final InvocationHandler guard;

    private Guard(MBeanServer server, InvocationHandler guard) {
        this.server = server;
        this.guard = guard;
    }

    /** Karaf's own, with the rules in {@code etc/jmx.acl.*}; roles are those of the {@code Subject} that calls. */
    static MBeanServer ofKaraf(MBeanServer server, ConfigurationAdmin configurations) {
        try {
            // not compiled against: its artifact cannot be had everywhere
            Class<?> type = Class.forName(KARAFS, true, Guard.class.getClassLoader());
            Object karafs = type.getConstructor().newInstance();
            type.getMethod("setConfigAdmin", ConfigurationAdmin.class).invoke(karafs, configurations);
            return of(server, (InvocationHandler) karafs);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalStateException("this Karaf's guard of MBeans is not as expected: no page without it", e);
        }
    }

    /** @param guard throws a {@link SecurityException} if a call is not allowed */
    static MBeanServer of(MBeanServer server, InvocationHandler guard) {
        return (MBeanServer) Proxy.newProxyInstance(
                Guard.class.getClassLoader(), new Class<?>[] {MBeanServer.class}, new Guard(server, guard));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (GUARDED.contains(method.getName())) {
            guard.invoke(proxy, method, arguments);
        } else if (!HARMLESS.contains(method.getName())) {
            throw new SecurityException(method.getName() + " is not for users of the page");
        }
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
