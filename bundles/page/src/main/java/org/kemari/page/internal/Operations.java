package org.kemari.page.internal;

import java.util.Arrays;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;

/** Calls operations of Kemari's MBeans, as far as the calling user may. */
final class Operations {
    /** No argument of ours is longer. */
    private static final int LONGEST = 256;

    private final MBeanServer guarded;

    Operations(MBeanServer guarded) {
        this.guarded = guarded;
    }

    /**
     * Calls one.
     *
     * @param arguments strings, numbers and booleans, as many as it has parameters
     * @throws IllegalArgumentException if there is no such operation, or it has other parameters
     * @throws InstanceNotFoundException if there is no such MBean
     * @throws SecurityException if the user may not
     * @throws IllegalStateException if it was refused; the message says why
     */
    void call(String bean, String operation, List<Object> arguments) throws JMException {
        ObjectName name = Names.registered(guarded, bean).orElseThrow(() -> new InstanceNotFoundException(bean));
        String[] types = Arrays.stream(guarded.getMBeanInfo(name).getOperations())
                .filter(candidate -> candidate.getName().equals(operation))
                .map(MBeanOperationInfo::getSignature)
                .filter(signature -> signature.length == arguments.size())
                .findFirst()
                .map(signature -> Arrays.stream(signature)
                        .map(MBeanParameterInfo::getType)
                        .toArray(String[]::new))
                .orElseThrow(() -> new IllegalArgumentException("there is no such operation"));
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = value(types[i], arguments.get(i));
        }
        try {
            guarded.invoke(name, operation, values, types);
        } catch (RuntimeMBeanException e) {
            throw refused(e.getTargetException());
        } catch (MBeanException e) {
            throw refused(e.getTargetException());
        }
    }

    private static RuntimeException refused(Exception why) {
        return why instanceof SecurityException denied
                ? denied
                : new IllegalStateException(why.getMessage() == null ? why.toString() : why.getMessage(), why);
    }

    private static Object value(String type, Object argument) {
        if (type.equals("int") && argument instanceof Integer
                || type.equals("boolean") && argument instanceof Boolean
                || type.equals(String.class.getName()) && argument instanceof String text && text.length() <= LONGEST) {
            return argument;
        }
        throw new IllegalArgumentException("an argument is not of type " + type);
    }
}
