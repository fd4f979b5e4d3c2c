package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostConsole;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/**
 * Management in a real Karaf, without guests: who may do what, per attribute and operation; what is kept; what can be
 * installed as well.
 */
class ManagementIT {
    private static final Duration PATIENCE = Guests.PATIENCE;
    private static final String DOMAIN = "locked";
    private static final List<String> ACLS =
            List.of("jmx.acl.org.kemari.cfg", "org.apache.karaf.command.acl.kemari.cfg");

    /** Operations of managers; all others, and all attributes that can be set, are for admins. */
    private static final Set<String> OPERATE = Set.of(
            "Domain.start",
            "Domain.stop",
            "Domain.protect",
            "Domain.unprotect",
            "Domain.switchover",
            "Domain.takeover",
            "Host.evacuate",
            "Host.endEvacuation",
            "Host.reloadConfiguration",
            "Arbiter.decide");

    /** A user of each role, and of no other. */
    private static final List<String> ROLES = List.of("viewer", "manager", "admin");

    private static KemariHost cedar;

    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            saveLogs();
        }
    };

    private static void saveLogs() {
        cedar.saveLogs(Path.of("target/guest-logs", "ManagementIT"));
    }

    @BeforeAll
    static void start() throws Exception {
        cedar = KemariHost.create(Lab.shared(), "cedar", List.of("cedar", "dogwood"));
        Map<String, String> users = new LinkedHashMap<>();
        ROLES.forEach(role -> users.put(role, "secret-" + role + "," + role));
        users.put("stranger", "secret-stranger,guest");
        cedar.files().set("users.properties", users);
        // as in a Karaf of one's own, where the feature brings them
        for (String acl : ACLS) {
            Files.delete(cedar.files().etc().resolve(acl));
        }
        // a file that is no kernel: the hypervisor refuses it
        Path kernel = Files.writeString(cedar.files().disks().resolve("vmlinuz"), "nothing to run");
        cedar.files().putDomain(DOMAIN, "name: " + DOMAIN + "\nmemory: 64 MiB\nboot:\n  kernel: " + kernel + "\n");
        cedar.start();
        try {
            awaitShown();
        } catch (TimeoutException e) {
            saveLogs();
            throw e;
        }
    }

    private static void awaitShown() throws TimeoutException {
        cedar.awaitReady();
        Await.until(
                "the domain is shown",
                PATIENCE,
                () -> cedar.console().domain(DOMAIN).getState().equals("STOPPED"));
        Await.until("its peer is shown", PATIENCE, () -> cedar.console().names().stream()
                .anyMatch(name -> "HealthMonitor".equals(name.getKeyProperty("type"))));
    }

    @AfterAll
    static void end() {
        cedar.close();
    }

    private static MBeanServerConnection as(String role) throws IOException {
        HostConsole console = cedar.consoleAs(role, "secret-" + role);
        return console.server();
    }

    /** What does not come and go with a guest. */
    private static List<ObjectName> names() throws IOException {
        List<ObjectName> names = new TreeSet<>(cedar.console().names())
                .stream().filter(name -> name.getKeyProperty("domain") == null).toList();
        assertThat(names)
                .extracting(name -> name.getKeyProperty("type"))
                .containsExactlyInAnyOrder("Host", "Domain", "Arbiter", "HealthMonitor", "Thresholds");
        return names;
    }

    @Test
    void the_feature_brings_the_rules() throws IOException {
        for (String acl : ACLS) {
            Path ours = Lab.projectRoot().resolve("config/etc").resolve(acl);
            // Karaf adds where it comes from
            assertThat(cedar.files().etc().resolve(acl))
                    .content()
                    .startsWith(Files.readString(ours).stripTrailing());
        }
    }

    @Test
    void a_limit_is_kept_in_its_file_and_taken_from_it() throws Exception {
        String file = "org.kemari.management.cfg";
        ObjectName thresholds = new ObjectName("org.kemari:type=Thresholds");
        as("admin").setAttribute(thresholds, new Attribute("PauseP99LimitMillis", 321));
        assertThat(as("viewer").getAttribute(thresholds, "PauseP99LimitMillis")).isEqualTo(321);
        Await.until("it is in the file", PATIENCE, () -> Files.readString(
                        cedar.files().etc().resolve(file))
                .contains("\npauseP99LimitMillis = 321\n"));
        cedar.files().set(file, Map.of("holdP99LimitMillis", "654"));
        Await.until("it is taken from the file", PATIENCE, () -> as("viewer")
                .getAttribute(thresholds, "HoldP99LimitMillis")
                .equals(654));
        assertThat(as("viewer").getAttribute(thresholds, "PauseP99LimitMillis")).isEqualTo(321);
    }

    @Test
    void health_checks_come_with_their_feature() throws Exception {
        MBeanServerConnection server = cedar.console().server();
        server.invoke(
                new ObjectName("org.apache.karaf:type=feature,name=root"),
                "installFeature",
                new Object[] {"kemari-healthchecks"},
                new String[] {String.class.getName()});
        ObjectName services = new ObjectName("org.apache.karaf:type=service,name=root");
        Await.until("there are health checks", PATIENCE, () -> server.getAttribute(services, "Services")
                .toString()
                .contains("org.apache.felix.hc.api.HealthCheck"));
    }

    @Test
    void whoever_has_a_role_reads_everything() throws Exception {
        for (String role : ROLES) {
            MBeanServerConnection server = as(role);
            for (ObjectName name : names()) {
                for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                    assertThat(isDenied(() -> server.getAttribute(name, attribute.getName())))
                            .as("%s reads %s of %s", role, attribute.getName(), name)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void whoever_has_none_reads_nothing() throws Exception {
        MBeanServerConnection server = as("stranger");
        for (ObjectName name : names()) {
            for (MBeanAttributeInfo attribute :
                    cedar.console().server().getMBeanInfo(name).getAttributes()) {
                assertThat(isDenied(() -> server.getAttribute(name, attribute.getName())))
                        .as("a stranger reads %s of %s", attribute.getName(), name)
                        .isTrue();
            }
        }
    }

    @Test
    void managers_operate_and_viewers_do_not() throws Exception {
        Set<String> seen = new TreeSet<>();
        for (String role : List.of("stranger", "viewer", "manager", "admin")) {
            MBeanServerConnection server = as(role);
            for (ObjectName name : names()) {
                for (MBeanOperationInfo operation :
                        cedar.console().server().getMBeanInfo(name).getOperations()) {
                    String what = name.getKeyProperty("type") + "." + operation.getName();
                    seen.add(what);
                    boolean may = role.equals("admin") || role.equals("manager") && OPERATE.contains(what);
                    assertThat(isDenied(() -> invoke(server, name, operation)))
                            .as("%s does %s", role, what)
                            .isEqualTo(!may);
                }
            }
        }
        assertThat(seen).as("all are tried").containsAll(OPERATE);
        cedar.console().host().endEvacuation();
    }

    @Test
    void admins_configure_and_managers_do_not() throws Exception {
        for (String role : List.of("stranger", "viewer", "manager", "admin")) {
            MBeanServerConnection server = as(role);
            for (ObjectName name : names()) {
                for (MBeanAttributeInfo attribute :
                        cedar.console().server().getMBeanInfo(name).getAttributes()) {
                    if (attribute.isWritable()) {
                        Object same = cedar.console().server().getAttribute(name, attribute.getName());
                        assertThat(isDenied(() -> server.setAttribute(name, new Attribute(attribute.getName(), same))))
                                .as("%s sets %s of %s", role, attribute.getName(), name)
                                .isEqualTo(!role.equals("admin"));
                    }
                }
            }
        }
    }

    private static void invoke(MBeanServerConnection server, ObjectName name, MBeanOperationInfo operation)
            throws JMException, IOException {
        String[] types = Arrays.stream(operation.getSignature())
                .map(MBeanParameterInfo::getType)
                .toArray(String[]::new);
        Object[] values = Arrays.stream(types).map(ManagementIT::value).toArray();
        server.invoke(name, operation.getName(), values, types);
    }

    private static Object value(String type) {
        return switch (type) {
            case "int" -> 0;
            case "boolean" -> false;
            case "java.lang.String" -> "";
            default -> throw new AssertionError("give a value of type " + type);
        };
    }

    /** Something that a console does. */
    private interface Step {
        void take() throws Exception;
    }

    /** Whether it is denied; that it fails in another way, of a domain that does not run for instance, is as good as any. */
    private static boolean isDenied(Step step) throws IOException {
        try {
            step.take();
            return false;
        } catch (SecurityException denied) {
            return true;
        } catch (IOException broken) {
            throw broken;
        } catch (Exception other) {
            return false;
        }
    }
}
