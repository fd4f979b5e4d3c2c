package org.kemari.page.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An MBean server with something of ours in it, and a guard before it. */
class GuardedTest {
    /** What the tests call. */
    public interface ThingMXBean {
        String getState();

        Map<String, Integer> getNumbers();

        List<String> getWords();

        void stop(int seconds, String why, boolean now);

        void fail();
    }

    private static final class Thing implements ThingMXBean {
        private final List<String> stopped = new ArrayList<>();

        @Override
        public String getState() {
            return "GOOD";
        }

        @Override
        public Map<String, Integer> getNumbers() {
            return Map.of("one", 1);
        }

        @Override
        public List<String> getWords() {
            return List.of("a", "b");
        }

        @Override
        public void stop(int seconds, String why, boolean now) {
            stopped.add(seconds + why + now);
        }

        @Override
        public void fail() {
            throw new IllegalStateException("it does not run");
        }
    }

    private static final String NAME = "org.kemari:type=Thing,name=web";

    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final Thing thing = new Thing();
    private final List<String> asked = new ArrayList<>();
    private boolean denying;
    private MBeanServer guarded;
    private Operations operations;

    @BeforeEach
    void register() throws Exception {
        server.registerMBean(thing, new ObjectName(NAME));
        guarded = Guard.of(server, (proxy, method, arguments) -> {
            asked.add(method.getName() + " " + arguments[0]);
            if (denying) {
                throw new SecurityException("no");
            }
            return null;
        });
        operations = new Operations(guarded);
    }

    @AfterEach
    void unregister() throws Exception {
        server.unregisterMBean(new ObjectName(NAME));
    }

    @Test
    void the_guard_is_asked_before_anything_is_read_or_done() throws Exception {
        ObjectName name = new ObjectName(NAME);
        assertThat(guarded.getAttribute(name, "State")).isEqualTo("GOOD");
        operations.call(NAME, "stop", List.of(1, "why", true));
        assertThat(asked).containsExactly("getAttribute " + NAME, "invoke " + NAME);
        denying = true;
        assertThatThrownBy(() -> guarded.getAttribute(name, "State")).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> guarded.getAttributes(name, new String[] {"State"}))
                .isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> guarded.setAttribute(name, new Attribute("State", "")))
                .isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> operations.call(NAME, "stop", List.of(2, "", false)))
                .isInstanceOf(SecurityException.class);
        assertThat(thing.stopped).containsExactly("1whytrue");
    }

    @Test
    void what_the_guard_does_not_know_is_not_to_be_had() {
        assertThatThrownBy(() -> guarded.unregisterMBean(new ObjectName(NAME))).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> guarded.getDefaultDomain()).isInstanceOf(SecurityException.class);
        assertThat(server.getMBeanCount()).isGreaterThan(1);
    }

    @Test
    void only_operations_of_ours_are_called_with_what_they_take() {
        assertThatThrownBy(() -> operations.call("java.lang:type=Memory", "gc", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> operations.call("org.kemari:*", "stop", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> operations.call("nonsense", "stop", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> operations.call("org.kemari:type=Thing,name=gone", "stop", List.of()))
                .isInstanceOf(InstanceNotFoundException.class);
        for (List<Object> wrong : List.<List<Object>>of(
                List.of(),
                List.of(1, "why"),
                List.of("1", "why", true),
                List.of(1L, "why", true),
                List.of(1, 2, true),
                List.of(1, "x".repeat(1000), true),
                List.of(1, "why", "true"))) {
            assertThatThrownBy(() -> operations.call(NAME, "stop", wrong))
                    .as("%s", wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(thing.stopped).isEmpty();
    }

    @Test
    void why_something_was_refused_is_told() {
        assertThatThrownBy(() -> operations.call(NAME, "fail", List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it does not run");
    }

    @Test
    void rules_are_looked_for_under_the_name_that_was_registered() throws Exception {
        operations.call("org.kemari:name=web,type=Thing", "stop", List.of(1, "", true));
        assertThat(asked).containsExactly("invoke " + NAME);
    }

    @Test
    void values_become_plain() throws Exception {
        ObjectName name = new ObjectName(NAME);
        assertThat(Plain.of(server.getAttribute(name, "Numbers"))).contains(Map.of("one", 1));
        assertThat(Plain.of(server.getAttribute(name, "Words"))).contains(List.of("a", "b"));
        assertThat(Plain.of(null)).isEmpty();
    }

    @Test
    void a_value_is_no_more_than_a_value() {
        assertThat(Names.value("web-1")).isEqualTo("web-1");
        for (String text : List.of("", "a,b=c", "*", "a?", "a\nb", "\"", "a:b")) {
            assertThatThrownBy(() -> Names.value(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
