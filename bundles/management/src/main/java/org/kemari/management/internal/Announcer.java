package org.kemari.management.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.MalformedObjectNameException;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.kemari.api.health.Check;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.TakeoverReport;

/** Makes notifications of changes. Each goes out at the MBean it is about, and at that of the host. */
final class Announcer {
    static final String STATE = "org.kemari.domain.state";
    static final String PROTECTED = "org.kemari.domain.protected";
    static final String TAKEOVER = "org.kemari.domain.takeover";
    static final String PEER = "org.kemari.peer.state";
    static final String CHECK = "org.kemari.host.check";

    private final AtomicLong sequence = new AtomicLong();

    /** Sends the notifications of one MBean. */
    static final class Emitter extends NotificationBroadcasterSupport {
        private final String objectName;

        Emitter(String objectName, String description, String... types) {
            super(new MBeanNotificationInfo(types, Notification.class.getName(), description));
            this.objectName = objectName;
        }

        /** One that never sends any. */
        Emitter(String objectName) {
            this.objectName = objectName;
        }

        String objectName() {
            return objectName;
        }
    }

    static Emitter hostEmitter() {
        return new Emitter(
                ObjectNames.HOST,
                "Changes of this host's checks, and of any of its domains and peers",
                STATE,
                PROTECTED,
                TAKEOVER,
                PEER,
                CHECK);
    }

    static Emitter domainEmitter(String name) {
        return new Emitter(ObjectNames.domain(name), "Changes of this domain", STATE, PROTECTED, TAKEOVER);
    }

    static Emitter peerEmitter(String peer) {
        return new Emitter(ObjectNames.health(peer), "Changes of this peer", PEER);
    }

    void domainChanged(DomainStatus before, DomainStatus now, Iterable<Emitter> emitters) {
        String domain = "Domain " + now.name();
        if (now.role() != before.role() || now.state() != before.state() || now.generation() != before.generation()) {
            String text = domain + ": " + now.role() + " " + now.state() + ", generation " + now.generation() + ": "
                    + now.reason();
            send(emitters, STATE, text, state(now));
        }
        if (DomainBean.isProtected(now) != DomainBean.isProtected(before)) {
            String text = DomainBean.isProtected(now)
                    ? domain + " is protected by " + now.peer()
                    : domain + " is no longer protected: " + now.reason();
            send(emitters, PROTECTED, text, state(now));
        }
        if (now.lastTakeover().isPresent() && !now.lastTakeover().equals(before.lastTakeover())) {
            TakeoverReport report = now.lastTakeover().get();
            String text = domain + " was taken over in " + report.resumedMicros() / 1000 + " ms: " + report.reason();
            send(emitters, TAKEOVER, text, takeover(report));
        }
    }

    void peerChanged(PeerHealth health, Iterable<Emitter> emitters) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("peer", health.peer());
        data.put("state", health.state().name());
        data.put("reason", health.reason());
        data.put("sinceEpochMillis", health.sinceEpochMillis());
        data.put("losses", health.losses());
        String text = "Peer " + health.peer() + " is " + health.state() + ": " + health.reason();
        send(emitters, PEER, text, composite("Peer", data));
    }

    void checkChanged(Check check, Iterable<Emitter> emitters) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", check.subject());
        data.put("level", check.level().name());
        data.put("reason", check.reason());
        data.put("sinceEpochMillis", check.sinceEpochMillis());
        String text = "Check of " + check.subject() + ": " + check.level() + ": " + check.reason();
        send(emitters, CHECK, text, composite("Check", data));
    }

    private void send(Iterable<Emitter> emitters, String type, String text, CompositeData data) {
        long number = sequence.incrementAndGet();
        long time = System.currentTimeMillis();
        for (Emitter emitter : emitters) {
            Notification notification = new Notification(type, name(emitter.objectName), number, time, text);
            notification.setUserData(data);
            emitter.sendNotification(notification);
        }
    }

    private static CompositeData state(DomainStatus s) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("domain", s.name());
        data.put("role", s.role().name());
        data.put("state", s.state().name());
        data.put("reason", s.reason());
        data.put("protected", DomainBean.isProtected(s));
        data.put("peer", s.peer());
        data.put("generation", s.generation());
        data.put("session", s.session());
        data.put("epoch", s.epoch());
        data.put("sinceEpochMillis", s.sinceEpochMillis());
        return composite("DomainState", data);
    }

    private static CompositeData takeover(TakeoverReport r) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("domain", r.domain());
        data.put("reason", r.reason());
        data.put("generation", r.generation());
        data.put("epoch", r.epoch());
        data.put("detectedEpochMillis", r.detectedEpochMillis());
        data.put("decidedMicros", r.decidedMicros());
        data.put("fencedMicros", r.fencedMicros());
        data.put("sealedMicros", r.sealedMicros());
        data.put("restoredMicros", r.restoredMicros());
        data.put("loadedMicros", r.loadedMicros());
        data.put("resumedMicros", r.resumedMicros());
        data.put("announcedMicros", r.announcedMicros());
        data.put("pendingRequests", r.pendingRequests());
        return composite("Takeover", data);
    }

    private static CompositeData composite(String name, Map<String, Object> data) {
        String[] keys = data.keySet().toArray(String[]::new);
        OpenType<?>[] types = data.values().stream().map(Announcer::type).toArray(OpenType<?>[]::new);
        try {
            return new CompositeDataSupport(new CompositeType(name, name, keys, keys, types), data);
        } catch (OpenDataException e) {
            throw new IllegalStateException("the data of a notification do not fit their own type", e);
        }
    }

    private static OpenType<?> type(Object value) {
        if (value instanceof String) {
            return SimpleType.STRING;
        }
        if (value instanceof Long) {
            return SimpleType.LONG;
        }
        return value instanceof Integer ? SimpleType.INTEGER : SimpleType.BOOLEAN;
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException("not an object name: " + text, e);
        }
    }
}
