package org.kemari.page.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/**
 * What the calling user may do, as Karaf answers consoles. This is for buttons: whatever they do is judged again, with its
 * arguments, by the {@link Guard}.
 */
final class Permissions {
    /** With the name of the Karaf. */
    private static final ObjectName SECURITY = Names.of("org.apache.karaf:type=security,area=jmx,*");

    private final MBeanServer server;

    Permissions(MBeanServer server) {
        this.server = server;
    }

    /** By MBean the names of the operations. */
    Map<ObjectName, List<String>> operations(Collection<ObjectName> names) throws JMException {
        Map<String, List<String>> questions = new HashMap<>();
        for (ObjectName name : names) {
            List<String> operations = signatures(name);
            if (!operations.isEmpty()) {
                questions.put(name.toString(), operations);
            }
        }
        ObjectName security = server.queryNames(SECURITY, null).stream()
                .findFirst()
                .orElseThrow(() -> new InstanceNotFoundException(SECURITY.toString()));
        TabularData answers = (TabularData)
                server.invoke(security, "canInvoke", new Object[] {questions}, new String[] {Map.class.getName()});
        Map<ObjectName, List<String>> allowed = new HashMap<>();
        for (Object row : answers.values()) {
            CompositeData answer = (CompositeData) row;
            if (Boolean.TRUE.equals(answer.get("CanInvoke"))) {
                String operation = String.valueOf(answer.get("Method")).replaceFirst("\\(.*", "");
                allowed.merge(
                        Names.of(String.valueOf(answer.get("ObjectName"))), List.of(operation), Permissions::both);
            }
        }
        return allowed;
    }

    private static List<String> both(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).sorted().toList();
    }

    /** As Karaf wants them: name(type,type). */
    private List<String> signatures(ObjectName name) throws JMException {
        try {
            return Arrays.stream(server.getMBeanInfo(name).getOperations())
                    .map(Permissions::signature)
                    .toList();
        } catch (InstanceNotFoundException gone) {
            return List.of();
        }
    }

    private static String signature(MBeanOperationInfo operation) {
        return Arrays.stream(operation.getSignature())
                .map(MBeanParameterInfo::getType)
                .collect(Collectors.joining(",", operation.getName() + "(", ")"));
    }
}
