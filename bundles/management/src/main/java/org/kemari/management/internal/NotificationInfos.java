package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.ARBITER_DECISION;
import static org.kemari.api.management.NotificationTypes.ARBITER_FOUND;
import static org.kemari.api.management.NotificationTypes.ARBITER_LOST;
import static org.kemari.api.management.NotificationTypes.DOMAIN_STATE;
import static org.kemari.api.management.NotificationTypes.HOST_CHECK;
import static org.kemari.api.management.NotificationTypes.PEER_PATH;
import static org.kemari.api.management.NotificationTypes.PEER_STATE;
import static org.kemari.api.management.NotificationTypes.PROTECTION_LOST;
import static org.kemari.api.management.NotificationTypes.PROTECTION_RESTORED;
import static org.kemari.api.management.NotificationTypes.SWITCHOVER;
import static org.kemari.api.management.NotificationTypes.SYNC;
import static org.kemari.api.management.NotificationTypes.TAKEOVER;
import static org.kemari.api.management.NotificationTypes.THRESHOLD_CLEARED;
import static org.kemari.api.management.NotificationTypes.THRESHOLD_EXCEEDED;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;

/** What consoles are told about the notifications that an MBean sends. */
final class NotificationInfos {
    private static final Map<String, String> TEXTS = new TreeMap<>(Map.ofEntries(
            Map.entry(DOMAIN_STATE, "A domain has another role, state or generation here"),
            Map.entry(PROTECTION_LOST, "A guest that runs here is not protected any more, or not yet after a takeover"),
            Map.entry(PROTECTION_RESTORED, "A guest that runs here is protected, for the first time or again"),
            Map.entry(TAKEOVER, "This host has taken a domain over; with the timeline"),
            Map.entry(SWITCHOVER, "A domain that ran here has been handed over to its standby, as asked for"),
            Map.entry(SYNC, "A full sync has come further; every 10 percent or 5 seconds"),
            Map.entry(PEER_STATE, "A peer has come or gone"),
            Map.entry(PEER_PATH, "One of the ways to a peer has come or gone"),
            Map.entry(HOST_CHECK, "A check that this host makes of itself has another level"),
            Map.entry(ARBITER_LOST, "The arbiter cannot be reached any more"),
            Map.entry(ARBITER_FOUND, "The arbiter can be reached again"),
            Map.entry(ARBITER_DECISION, "A change of ownership waits for an operator"),
            Map.entry(THRESHOLD_EXCEEDED, "A figure exceeds its limit"),
            Map.entry(THRESHOLD_CLEARED, "A figure is well below its limit again, or no longer there")));

    private NotificationInfos() {}

    /** Of the MBean of this host: all there are. */
    static MBeanNotificationInfo[] host() {
        return startingWith("");
    }

    static MBeanNotificationInfo[] domain() {
        return startingWith("org.kemari.domain.");
    }

    static MBeanNotificationInfo[] peer() {
        return startingWith("org.kemari.peer.");
    }

    static MBeanNotificationInfo[] arbiter() {
        return startingWith("org.kemari.arbiter.");
    }

    static MBeanNotificationInfo[] thresholds() {
        return startingWith("org.kemari.threshold.");
    }

    private static MBeanNotificationInfo[] startingWith(String prefix) {
        Stream<Map.Entry<String, String>> some =
                TEXTS.entrySet().stream().filter(entry -> entry.getKey().startsWith(prefix));
        return some.map(entry -> new MBeanNotificationInfo(
                        new String[] {entry.getKey()}, Notification.class.getName(), entry.getValue()))
                .toArray(MBeanNotificationInfo[]::new);
    }
}
