package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.Descriptor;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kemari.api.management.Description;

/** Every MXBean of the API says of everything it has what it is, and of every number in which unit. */
class DescriptionsTest {
    private static final Set<SimpleType<?>> NUMBERS =
            Set.of(SimpleType.BYTE, SimpleType.SHORT, SimpleType.INTEGER, SimpleType.LONG, SimpleType.DOUBLE);
    /** Numbers in composites that count or name something; all others have their unit in their name. */
    private static final Set<String> COUNTS = Set.of("count", "generation", "epoch", "pendingRequests");

    private static final String DEFAULTS = "(?s).*(exposed for management|on the management interface).*";

    static List<Class<?>> interfaces() throws Exception {
        URI source = Description.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        String directory = Description.class.getPackageName().replace('.', '/');
        List<Class<?>> found = new ArrayList<>();
        if (Files.isDirectory(Path.of(source))) {
            collect(Path.of(source).resolve(directory), found);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(source), Map.of())) {
                collect(jar.getPath(directory), found);
            }
        }
        assertThat(found).hasSizeGreaterThanOrEqualTo(7);
        return found;
    }

    private static void collect(Path directory, List<Class<?>> into) throws IOException, ClassNotFoundException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith("MXBean.class")) {
                    into.add(Class.forName(
                            Description.class.getPackageName() + "." + name.substring(0, name.length() - 6)));
                }
            }
        }
    }

    private static <T> MBeanInfo info(Class<T> type) {
        Object nothing =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> null);
        return new DescribedMBean<>(type.cast(nothing), type, new NotificationBroadcasterSupport()).getMBeanInfo();
    }

    @ParameterizedTest
    @MethodSource("interfaces")
    void everythingIsDescribed(Class<?> type) {
        MBeanInfo info = info(type);
        assertThat(info.getDescription()).contains(" ").doesNotMatch(DEFAULTS);
        assertThat(info.getAttributes()).isNotEmpty();
        for (MBeanAttributeInfo attribute : info.getAttributes()) {
            described(type, attribute);
            measured(type, attribute, attribute.getDescriptor());
        }
        for (MBeanOperationInfo operation : info.getOperations()) {
            described(type, operation);
            for (MBeanParameterInfo parameter : operation.getSignature()) {
                assertThat(parameter.getName())
                        .as("%s %s", type, operation.getName())
                        .doesNotMatch("p\\d+");
                described(type, parameter);
                measured(type, parameter, parameter.getDescriptor());
            }
        }
    }

    private static void described(Class<?> type, MBeanFeatureInfo feature) {
        assertThat(feature.getDescription())
                .as("%s %s", type.getSimpleName(), feature.getName())
                .contains(" ")
                .isNotEqualTo(feature.getName())
                .doesNotMatch(DEFAULTS);
    }

    private static void measured(Class<?> type, MBeanFeatureInfo feature, Descriptor descriptor) {
        OpenType<?> open = (OpenType<?>) descriptor.getFieldValue("openType");
        boolean isDistribution = open instanceof CompositeType composite && composite.containsKey("count");
        if (NUMBERS.contains(open) || isDistribution) {
            String unit = String.valueOf(descriptor.getFieldValue("units"));
            assertThat(unit)
                    .as("unit of %s %s", type.getSimpleName(), feature.getName())
                    .isNotBlank();
            assertThat(feature.getDescription()).endsWith("[" + unit + "]");
        }
        composite(type, feature.getName(), open);
    }

    private static void composite(Class<?> type, String path, OpenType<?> open) {
        if (open instanceof ArrayType<?> array) {
            composite(type, path, array.getElementOpenType());
        } else if (open instanceof CompositeType composite && !composite.containsKey("p50")) {
            for (String key : composite.keySet()) {
                if (NUMBERS.contains(composite.getType(key)) && !COUNTS.contains(key)) {
                    assertThat(key)
                            .as("%s %s: %s has its unit in its name", type.getSimpleName(), path, key)
                            .matches(".*(Micros|Millis|Seconds|Bytes|Percent|Phi)");
                }
                composite(type, path + "." + key, composite.getType(key));
            }
        }
    }
}
