package org.kemari.management.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.InvalidAttributeValueException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationEmitter;
import javax.management.ReflectionException;
import javax.management.RuntimeErrorException;
import javax.management.RuntimeMBeanException;
import javax.management.StandardEmitterMBean;
import org.kemari.api.management.Description;

/**
 * An MXBean whose descriptions and parameter names come from {@link Description} annotations on its interface. Whatever
 * its implementation throws reaches the console as an exception of the JDK.
 *
 * @param <T> the MXBean interface
 */
final class DescribedMBean<T> extends StandardEmitterMBean {
    private final Class<T> type;

    DescribedMBean(T implementation, Class<T> type, NotificationEmitter emitter) {
        super(implementation, type, true, emitter);
        this.type = type;
    }

    @Override
    public Object getAttribute(String attribute)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        try {
            return super.getAttribute(attribute);
        } catch (MBeanException | RuntimeException | Error e) {
            throw readable(e);
        }
    }

    @Override
    public void setAttribute(Attribute attribute)
            throws AttributeNotFoundException, InvalidAttributeValueException, MBeanException, ReflectionException {
        try {
            super.setAttribute(attribute);
        } catch (MBeanException | RuntimeException | Error e) {
            throw readable(e);
        }
    }

    @Override
    public Object invoke(String actionName, Object[] params, String[] signature)
            throws MBeanException, ReflectionException {
        try {
            return super.invoke(actionName, params, signature);
        } catch (MBeanException | RuntimeException | Error e) {
            throw readable(e);
        }
    }

    /** Consoles that do not show the descriptor show the unit too. */
    private static String text(Description description) {
        return description.unit().isEmpty()
                ? description.value()
                : description.value() + " [" + description.unit() + "]";
    }

    private static RuntimeException readable(Throwable thrown) {
        boolean wrapper = thrown instanceof MBeanException
                || thrown instanceof RuntimeMBeanException
                || thrown instanceof RuntimeErrorException;
        return JdkOnly.of(wrapper && thrown.getCause() != null ? thrown.getCause() : thrown);
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        Description description = type.getAnnotation(Description.class);
        return description == null ? super.getDescription(info) : description.value();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return method("get" + info.getName(), 0)
                .or(() -> method("is" + info.getName(), 0))
                .map(m -> m.getAnnotation(Description.class))
                .map(DescribedMBean::text)
                .orElseGet(() -> super.getDescription(info));
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return method(info.getName(), info.getSignature().length)
                .map(m -> m.getAnnotation(Description.class))
                .map(DescribedMBean::text)
                .orElseGet(() -> super.getDescription(info));
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return parameter(operation, sequence)
                .map(DescribedMBean::text)
                .orElseGet(() -> super.getDescription(operation, parameter, sequence));
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
        return parameter(operation, sequence)
                .map(Description::name)
                .filter(name -> !name.isEmpty())
                .orElseGet(() -> super.getParameterName(operation, parameter, sequence));
    }

    private Optional<Description> parameter(MBeanOperationInfo operation, int sequence) {
        Optional<Method> method = method(operation.getName(), operation.getSignature().length);
        if (method.isEmpty()) {
            return Optional.empty();
        }
        for (Annotation annotation : method.get().getParameterAnnotations()[sequence]) {
            if (annotation instanceof Description description) {
                return Optional.of(description);
            }
        }
        return Optional.empty();
    }

    private Optional<Method> method(String name, int parameters) {
        return Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name) && m.getParameterCount() == parameters)
                .findFirst();
    }
}
