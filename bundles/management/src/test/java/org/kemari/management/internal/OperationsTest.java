package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.kemari.api.health.PeerState;
import org.kemari.api.protection.DomainState;

/** Whatever goes wrong in an operation, a console can read it. */
class OperationsTest {
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final Figures figures = new Figures();

    @BeforeEach
    void show() {
        figures.domains.put("web", Figures.domain(DomainState.PROTECTED, Optional.empty()));
        figures.peers.add(Figures.peer(PeerState.ALIVE));
        new Inventory(figures, InventoryTest.registrar(server), "1.2.3", Clock.SYSTEM).reconcile();
    }

    @TestFactory
    List<DynamicTest> everyOperationFailsReadably() throws Exception {
        figures.broken = Optional.of("the cellar is flooded; pump it out");
        List<DynamicTest> tests = new ArrayList<>();
        for (ObjectName name : server.queryNames(new ObjectName("org.kemari:*"), null)) {
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                tests.add(DynamicTest.dynamicTest(
                        name.getKeyProperty("type") + "." + operation.getName(), () -> fails(name, operation)));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(10);
        return tests;
    }

    private void fails(ObjectName name, MBeanOperationInfo operation) {
        MBeanParameterInfo[] signature = operation.getSignature();
        String[] types =
                Arrays.stream(signature).map(MBeanParameterInfo::getType).toArray(String[]::new);
        Object[] values = Arrays.stream(types).map(OperationsTest::value).toArray();
        assertThatThrownBy(() -> server.invoke(name, operation.getName(), values, types))
                .isInstanceOf(RuntimeMBeanException.class)
                .satisfies(thrown -> {
                    Throwable told = (Throwable) copy(thrown.getCause());
                    assertThat(told).hasMessageContaining("the cellar is flooded; pump it out");
                    for (Throwable t = told; t != null; t = t.getCause()) {
                        assertThat(t.getClass().getModule().isNamed())
                                .as("%s is of the JDK", t.getClass())
                                .isTrue();
                    }
                });
    }

    @Test
    void aSettingThatIsOutOfRangeIsRefusedAndSaysWhatIsExpected() throws Exception {
        ObjectName thresholds = new ObjectName(ObjectNames.THRESHOLDS);
        for (MBeanAttributeInfo attribute : server.getMBeanInfo(thresholds).getAttributes()) {
            if (attribute.isWritable()) {
                Object before = server.getAttribute(thresholds, attribute.getName());
                assertThatThrownBy(() -> server.setAttribute(thresholds, new Attribute(attribute.getName(), -1)))
                        .isInstanceOf(RuntimeMBeanException.class)
                        .hasRootCauseInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("is -1; expected 0 to ");
                assertThat(server.getAttribute(thresholds, attribute.getName())).isEqualTo(before);
                server.setAttribute(thresholds, new Attribute(attribute.getName(), 17));
                assertThat(server.getAttribute(thresholds, attribute.getName())).isEqualTo(17);
            }
        }
        assertThat(figures.limits).isEqualTo(new ThresholdSettings(17, 17, 17, 17));
    }

    @Test
    void aSettingThatCannotBeKeptFailsReadably() throws Exception {
        figures.broken = Optional.of("the disk is full");
        assertThatThrownBy(() -> server.setAttribute(
                        new ObjectName(ObjectNames.THRESHOLDS), new Attribute("PauseP99LimitMillis", 1)))
                .hasMessageContaining("nothing has been changed, it cannot be kept: the disk is full");
        assertThat(figures.limits).isEqualTo(ThresholdSettings.DEFAULT);
    }

    private static Object value(String type) {
        return switch (type) {
            case "int" -> 1;
            case "boolean" -> true;
            case "java.lang.String" -> "web";
            default -> throw new AssertionError("give a value of type " + type);
        };
    }

    private static Object copy(Object original) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
