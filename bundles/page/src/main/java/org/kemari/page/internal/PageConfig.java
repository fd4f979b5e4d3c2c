package org.kemari.page.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the page, PID {@value #PID}. Changes are in force at once. */
@ObjectClassDefinition(
        name = "Kemari page",
        description = "Who is let in to the page; where it is served says org.ops4j.pax.web.cfg")
public @interface PageConfig {
    String PID = "org.kemari.page";

    @AttributeDefinition(
            name = "Realm",
            description = "JAAS realm whose users may log in; the same as jmxRealm of org.apache.karaf.management.cfg")
    String realm() default "karaf";

    @AttributeDefinition(
            name = "End of a session, min",
            description = "A user who has closed the page is logged out after so long, 1 to 1440 min",
            min = "1",
            max = "1440")
    int idleMinutes() default 30;

    @AttributeDefinition(
            name = "Longest session, h",
            description =
                    "Every user has to log in again after so long, 1 to 168 h; what has changed in a user's roles is"
                            + " in force then, too",
            min = "1",
            max = "168")
    int sessionHours() default 12;
}
