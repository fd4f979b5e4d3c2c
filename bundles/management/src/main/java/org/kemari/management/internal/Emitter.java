package org.kemari.management.internal;

import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.MalformedObjectNameException;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;

/** Sends the notifications of one MBean. */
final class Emitter extends NotificationBroadcasterSupport {
    private final ObjectName source;
    private final AtomicLong sequence;

    /** @param sequence number of the last notification of that name; it goes on when the MBean comes back */
    Emitter(String objectName, AtomicLong sequence, MBeanNotificationInfo... infos) {
        super(infos);
        this.source = name(objectName);
        this.sequence = sequence;
    }

    void send(News news, long epochMillis) {
        Notification notification =
                new Notification(news.type(), source, sequence.incrementAndGet(), epochMillis, news.text());
        notification.setUserData(news.data());
        sendNotification(notification);
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException("not an object name: " + text, e);
        }
    }
}
