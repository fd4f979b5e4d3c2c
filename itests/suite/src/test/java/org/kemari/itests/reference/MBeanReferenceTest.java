package org.kemari.itests.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.Description;
import org.kemari.itests.lab.Lab;

/** features/MBEANS.md is what the MXBean interfaces say. */
class MBeanReferenceTest {
    private static final String PACKAGE = "org.kemari.api.management";
    private static final Path SOURCES =
            Lab.projectRoot().resolve("bundles/api/src/main/java/org/kemari/api/management");

    private final StringBuilder text = new StringBuilder();
    private final Map<String, Class<?>> composites = new TreeMap<>();

    @Test
    void the_reference_of_mbeans_is_up_to_date() throws Exception {
        text.append(
                        "# MBeans\n\nMade from the MXBean interfaces by `./kemari reference`. Sizes are in bytes, latencies in")
                .append(" microseconds, times of day in milliseconds\nsince 1970; counters only grow. What is told by")
                .append(" notifications is in [GUIDE.md](GUIDE.md).\n");
        List<Class<?>> beans = beans();
        assertThat(beans).hasSizeGreaterThan(6);
        for (Class<?> bean : beans) {
            describe(bean);
        }
        for (Class<?> composite : List.copyOf(composites.values())) {
            describeComposite(composite);
        }
        Reference.check("MBEANS.md", text.toString());
    }

    private static List<Class<?>> beans() throws IOException, ClassNotFoundException {
        List<Class<?>> beans = new ArrayList<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (name.endsWith("MXBean")) {
                    beans.add(Class.forName(PACKAGE + "." + name));
                }
            }
        }
        return beans;
    }

    private void describe(Class<?> bean) throws IOException {
        String type = bean.getSimpleName().replace("MXBean", "");
        text.append("\n## ")
                .append(type)
                .append("\n\n`")
                .append(objectName(type))
                .append("`: ");
        text.append(description(bean, bean.getAnnotation(Description.class))).append(".\n");
        List<Method> methods = Stream.of(bean.getMethods())
                .sorted(Comparator.comparing(Method::getName).thenComparing(Method::toString))
                .toList();
        List<Method> attributes =
                methods.stream().filter(MBeanReferenceTest::isGetter).toList();
        List<String> writable = methods.stream()
                .filter(MBeanReferenceTest::isSetter)
                .map(method -> method.getName().substring(3))
                .toList();
        if (!attributes.isEmpty()) {
            text.append("\n| attribute | type | |\n|---|---|---|\n");
            for (Method method : attributes) {
                String name = method.getName().replaceFirst("^(get|is)", "");
                text.append("| `").append(name).append("` | ").append(type(method.getGenericReturnType()));
                text.append(writable.contains(name) ? ", can be set" : "").append(" | ");
                text.append(Reference.cell(description(method, method.getAnnotation(Description.class))))
                        .append(" |\n");
            }
        }
        List<Method> operations = methods.stream()
                .filter(method -> !isGetter(method) && !isSetter(method))
                .toList();
        if (!operations.isEmpty()) {
            text.append("\n| operation | |\n|---|---|\n");
            for (Method method : operations) {
                operation(method);
            }
        }
    }

    private void operation(Method method) {
        String parameters = Stream.of(method.getParameters())
                .map(parameter -> "`" + name(parameter) + "`: " + type(parameter.getParameterizedType()))
                .collect(Collectors.joining(", "));
        text.append("| `")
                .append(method.getName())
                .append("`(")
                .append(parameters)
                .append(")");
        if (method.getReturnType() != void.class) {
            text.append(": ").append(type(method.getGenericReturnType()));
        }
        text.append(" | ").append(Reference.cell(description(method, method.getAnnotation(Description.class))));
        for (Parameter parameter : method.getParameters()) {
            text.append("; `").append(name(parameter)).append("`: ");
            text.append(
                    Reference.cell(parameter.getAnnotation(Description.class).value()));
        }
        text.append(" |\n");
    }

    private void describeComposite(Class<?> composite) {
        text.append("\n## ")
                .append(composite.getSimpleName())
                .append("\n\nA composite.\n\n| item | type |\n|---|---|\n");
        Stream.of(composite.getMethods())
                .filter(method -> isGetter(method))
                .sorted(Comparator.comparing(Method::getName))
                .forEach(method -> {
                    String name = method.getName().replaceFirst("^(get|is)", "");
                    text.append("| `")
                            .append(Character.toLowerCase(name.charAt(0)))
                            .append(name.substring(1));
                    text.append("` | ")
                            .append(type(method.getGenericReturnType()))
                            .append(" |\n");
                });
    }

    private static boolean isGetter(Method method) {
        return method.getDeclaringClass() != Object.class
                && method.getParameterCount() == 0
                && method.getReturnType() != void.class
                && method.getName().matches("(get|is)[A-Z].*");
    }

    private static boolean isSetter(Method method) {
        return method.getParameterCount() == 1 && method.getName().matches("set[A-Z].*");
    }

    private String type(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return type(parameterized.getRawType())
                    + Arrays.stream(parameterized.getActualTypeArguments())
                            .map(this::type)
                            .collect(Collectors.joining(", ", " of ", ""));
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isArray()) {
            return "array of " + type(plain.getComponentType());
        }
        if (!plain.isPrimitive()
                && !plain.getName().startsWith("java")
                && composites.putIfAbsent(plain.getName(), plain) == null) {
            // those that it is made of come after it
            Stream.of(plain.getMethods())
                    .filter(MBeanReferenceTest::isGetter)
                    .forEach(getter -> type(getter.getGenericReturnType()));
        }
        return plain.getSimpleName();
    }

    private static String objectName(String type) throws IOException {
        Matcher matcher = Pattern.compile("\\{@code (org\\.kemari:type=" + type + "[^}]*)}")
                .matcher(Files.readString(SOURCES.resolve("package-info.java")));
        assertThat(matcher.find())
                .as("the package-info of the MXBeans tells the object name of type=" + type)
                .isTrue();
        return matcher.group(1);
    }

    private static String name(Parameter parameter) {
        Description description = parameter.getAnnotation(Description.class);
        assertThat(description).as("description of " + parameter).isNotNull();
        return description.name();
    }

    private static String description(Object what, Description description) {
        assertThat(description).as("description of " + what).isNotNull();
        return description.value();
    }
}
