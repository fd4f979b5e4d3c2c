package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.Notification;
import javax.management.NotificationFilterSupport;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.PeerState;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.HostMXBean;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;

class InventoryTest {
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private final Figures figures = new Figures();
    private final Inventory inventory = new Inventory(figures, registrar(server), "1.2.3", Clock.SYSTEM);

    static Registrar registrar(MBeanServer server) {
        return (name, mbean) -> {
            try {
                ObjectName objectName = new ObjectName(name);
                server.registerMBean(mbean, objectName);
                return () -> {
                    try {
                        server.unregisterMBean(objectName);
                    } catch (JMException e) {
                        throw new AssertionError(e);
                    }
                };
            } catch (JMException e) {
                throw new AssertionError(e);
            }
        };
    }

    @BeforeEach
    void look() {
        figures.domains.put("web", Figures.domain(DomainState.PROTECTED, Optional.empty()));
        figures.peers.add(Figures.peer(PeerState.ALIVE));
        inventory.reconcile();
    }

    private List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        new TreeSet<>(server.queryNames(new ObjectName("org.kemari:*"), null))
                .forEach(n -> names.add(n.getCanonicalName().replace("org.kemari:", "")));
        return names;
    }

    private static ObjectName web() throws Exception {
        return new ObjectName(ObjectNames.domain("web"));
    }

    @Test
    void mbeansComeAndGoWithWhatTheyShow() throws Exception {
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "type=Host",
                        "type=Arbiter",
                        "type=Thresholds",
                        "name=web,type=Domain",
                        "device=disk0,domain=web,type=EventTap",
                        "device=nic0,domain=web,type=EventTap",
                        "domain=web,type=StateTransfer",
                        "domain=web,type=RingRestoration",
                        "peer=west,type=HealthMonitor");

        figures.domains.put("web", Figures.domain(DomainState.STOPPED, Optional.empty()));
        figures.peers.clear();
        inventory.reconcile();
        assertThat(names())
                .containsExactlyInAnyOrder("type=Host", "type=Arbiter", "type=Thresholds", "name=web,type=Domain");

        figures.protectionThere = false;
        inventory.reconcile();
        assertThat(names()).containsExactlyInAnyOrder("type=Host", "type=Arbiter", "type=Thresholds");
        inventory.clear();
        assertThat(names()).isEmpty();
    }

    @Test
    void nativeMemoryIsShownByDomainAndAltogether() throws Exception {
        DomainMXBean domain = JMX.newMXBeanProxy(server, web(), DomainMXBean.class);
        assertThat(domain.getNativeMemory())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("frames that are held", 300L, "pages copied in a pause", 4000L));
        HostMXBean host = JMX.newMXBeanProxy(server, new ObjectName("org.kemari:type=Host"), HostMXBean.class);
        assertThat(host.getNativeMemory())
                .containsEntry("frames that are held", 320L)
                .containsEntry("other buffers", 1000L)
                .containsKey("Java's own buffers");
    }

    @Test
    void aDomainThatIsGoneIsAnIllegalState() throws Exception {
        figures.domains.clear();
        assertThatThrownBy(() -> server.getAttribute(web(), "State"))
                .isInstanceOf(RuntimeMBeanException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no longer here");
        figures.protectionThere = false;
        assertThatThrownBy(() -> server.invoke(web(), "takeover", null, null))
                .isInstanceOf(RuntimeMBeanException.class)
                .hasMessageContaining("not running");
        assertThat(server.getAttribute(new ObjectName(ObjectNames.eventTap("web", "disk0")), "Reads"))
                .as("the last figures")
                .isEqualTo(3L);
    }

    @Test
    void changesAreAnnouncedAtTheMBeanAndAtTheHost() throws Exception {
        List<Notification> atDomain = new ArrayList<>();
        List<Notification> atHost = new ArrayList<>();
        server.addNotificationListener(web(), (n, back) -> atDomain.add(n), null, null);
        server.addNotificationListener(new ObjectName(ObjectNames.HOST), (n, back) -> atHost.add(n), null, null);

        DomainStatus before = Figures.domain(DomainState.JOINING, Optional.empty());
        DomainStatus now = Figures.domain(DomainState.PROTECTED, Optional.empty());
        inventory.domainChanged(before, now);
        assertThat(atDomain)
                .extracting(Notification::getType)
                .containsExactly("org.kemari.domain.state", "org.kemari.domain.protection.restored");
        assertThat(atDomain.get(0).getMessage()).contains("web", "PRIMARY", "PROTECTED", "because of a test");
        assertThat(atDomain.get(1).getMessage()).contains("is protected by west");
        assertThat(((CompositeData) atDomain.get(1).getUserData()).get("protected"))
                .isEqualTo(true);
        assertThat(atHost).hasSize(2);
        assertThat(atHost.get(0).getSource()).isEqualTo(new ObjectName(ObjectNames.HOST));

        inventory.domainChanged(now, Figures.domain(DomainState.SOLO, Optional.of(Figures.takeover())));
        assertThat(atDomain.get(3).getMessage()).contains("in 20 ms", "east was lost");
        assertThat(atDomain.get(3).getType()).isEqualTo("org.kemari.domain.takeover");
        assertThat(((CompositeData) atDomain.get(3).getUserData()).get("pendingRequests"))
                .isEqualTo(7);
        assertThat(atDomain.get(4).getType()).isEqualTo("org.kemari.domain.protection.lost");
        assertThat(atDomain.get(4).getMessage()).contains("is not protected: because of a test");
        assertThat(server.getAttribute(web(), "ProtectionLosses")).isEqualTo(1L);
        assertThat(server.getAttribute(web(), "TakeoverCount")).isEqualTo(1L);

        inventory.peerChanged(Figures.peer(PeerState.LOST));
        assertThat(atHost.get(5).getType()).isEqualTo("org.kemari.peer.state");
        assertThat(atHost.get(5).getMessage()).contains("west", "LOST", "because");
        assertThat(atDomain).hasSize(5);
        assertThat(atDomain).extracting(Notification::getSequenceNumber).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(atHost).extracting(Notification::getSequenceNumber).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void numbersGoOnWhenAnMBeanComesBack() throws Exception {
        DomainStatus joining = Figures.domain(DomainState.JOINING, Optional.empty());
        DomainStatus now = Figures.domain(DomainState.PROTECTED, Optional.empty());
        inventory.domainChanged(joining, now);
        figures.protectionThere = false;
        inventory.reconcile();
        assertThat(server.isRegistered(web())).isFalse();
        figures.protectionThere = true;
        inventory.reconcile();
        List<Notification> atDomain = new ArrayList<>();
        server.addNotificationListener(web(), (n, back) -> atDomain.add(n), null, null);
        inventory.domainChanged(now, Figures.domain(DomainState.SOLO, Optional.empty()));
        assertThat(atDomain).extracting(Notification::getSequenceNumber).containsExactly(3L, 4L);
        assertThat((Object[]) server.getAttribute(web(), "StateChanges"))
                .as("the history stays")
                .hasSize(2);
    }

    @Test
    void pathsAreATable() throws Exception {
        Object[] rows = (Object[]) server.getAttribute(new ObjectName(ObjectNames.health("west")), "PathTable");
        assertThat(rows)
                .extracting(row -> ((CompositeData) row).get("address"), row -> ((CompositeData) row).get("state"))
                .containsExactly(tuple("10.0.0.2:7171", "LOST"), tuple("10.1.0.2:7171", "ALIVE"));
        assertThat(((CompositeData) rows[0]).get("suspicionPhi")).isEqualTo(12.34);
    }

    @Test
    void aSwitchoverLeavesTheDomainProtected() throws Exception {
        List<Notification> atDomain = new ArrayList<>();
        server.addNotificationListener(web(), (n, back) -> atDomain.add(n), null, null);
        inventory.domainChanged(
                Figures.domain(DomainState.PROTECTED, Optional.empty()),
                Figures.domain(DomainState.SWITCHING, Optional.empty()));
        assertThat(atDomain).extracting(Notification::getType).containsExactly("org.kemari.domain.state");
        assertThat(atDomain.get(0).getMessage()).contains("SWITCHING");
    }

    @Test
    void changesOfChecksAreAnnouncedOnce() throws Exception {
        List<Notification> atHost = new ArrayList<>();
        ObjectName host = new ObjectName(ObjectNames.HOST);
        NotificationFilterSupport filter = new NotificationFilterSupport();
        filter.enableType("org.kemari.host.check");
        server.addNotificationListener(host, (n, back) -> atHost.add(n), filter, null);
        inventory.look();
        figures.checks.add(new Check("arbiter", Level.OK, "answers", 1));
        inventory.look();
        assertThat(atHost).as("nothing is wrong").isEmpty();

        figures.checks.set(0, new Check("arbiter", Level.CRITICAL, "does not answer", 2));
        figures.checks.add(new Check("domain web: disk a", Level.WARNING, "slow", 3));
        inventory.look();
        figures.checks.set(0, new Check("arbiter", Level.CRITICAL, "still does not answer", 2));
        inventory.look();
        assertThat(atHost)
                .extracting(Notification::getMessage)
                .containsExactly(
                        "Check of arbiter: CRITICAL: does not answer", "Check of domain web: disk a: WARNING: slow");
        assertThat(atHost.get(0).getType()).isEqualTo("org.kemari.host.check");
        assertThat(((CompositeData) atHost.get(0).getUserData()).get("level")).isEqualTo("CRITICAL");

        figures.healthThere = false;
        inventory.look();
        assertThat((String[]) server.getAttribute(host, "Checks"))
                .singleElement()
                .asString()
                .contains("health monitor: CRITICAL: it is not running");
        figures.healthThere = true;
        inventory.look();
        assertThat(atHost).as("a monitor that is replaced").hasSize(2);

        figures.checks.clear();
        figures.checks.add(new Check("arbiter", Level.OK, "answers", 4));
        inventory.look();
        assertThat(atHost.subList(2, 4))
                .extracting(Notification::getMessage)
                .containsExactly(
                        "Check of domain web: disk a: OK: no longer looked at; it was WARNING",
                        "Check of arbiter: OK: answers");
    }

    @Test
    void aNewDomainIsRegisteredBeforeItIsAnnounced() throws Exception {
        figures.domains.clear();
        inventory.reconcile();
        assertThat(server.isRegistered(web())).isFalse();
        DomainStatus now = Figures.domain(DomainState.STARTING, Optional.empty());
        figures.domains.put("web", now);
        inventory.domainChanged(Figures.domain(DomainState.STOPPED, Optional.empty()), now);
        assertThat(server.isRegistered(web())).isTrue();
    }
}
