package org.kemari.arbiterzookeeper.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What consoles show of the settings. The values are parsed, and refused, by {@link EnsembleSettings}. */
@ObjectClassDefinition(
        name = "Kemari arbiter: ZooKeeper",
        description = "The ensemble that keeps the records of ownership. Every change takes effect at once.")
@interface EnsembleConfiguration {
    @AttributeDefinition(
            required = false,
            description = "The servers: host:port, separated by commas; port 1 to 65535, 2181 if left out. Empty: the"
                    + " engine is not in use.")
    String connect() default "";

    @AttributeDefinition(
            description = "The znode below which the records are; an absolute path; the same on all hosts.")
    String root() default "/kemari";

    @AttributeDefinition(
            description =
                    "How long a server keeps a session that it does not hear of: a number and ms, s or min; 1 s to"
                            + " 1 min. Nothing depends on it but when a dead host's connections are forgotten.")
    String sessionTimeout() default "6 s";

    @AttributeDefinition(
            description =
                    "Longest time that a request may take before its outcome counts as unknown: a number and ms or"
                            + " s; 100 ms to 10 s.")
    String requestTimeout() default "2 s";

    @AttributeDefinition(
            required = false,
            description = "User of digest authentication, the same on all hosts; only it may then read and change the"
                    + " records. Empty: none.")
    String user() default "";

    @AttributeDefinition(
            required = false,
            type = AttributeType.PASSWORD,
            description = "Password of the user. It is sent in clear text unless tls is true.")
    String password() default "";

    @AttributeDefinition(
            required = false,
            description = "Name of the JAAS context for SASL authentication (DIGEST-MD5 or Kerberos). Empty: none.")
    String saslContext() default "";

    @AttributeDefinition(
            description = "Whether the connection is secured by TLS; the servers' secure port is needed then.")
    boolean tls() default false;

    @AttributeDefinition(
            required = false,
            description = "PKCS#12 file with this host's certificate and key; absolute path. Empty: none is shown.")
    String keyStore() default "";

    @AttributeDefinition(required = false, type = AttributeType.PASSWORD, description = "Password of the keyStore.")
    String keyStorePassword() default "";

    @AttributeDefinition(
            required = false,
            description = "PKCS#12 file with the authorities whose certificates are believed; absolute path.")
    String trustStore() default "";

    @AttributeDefinition(required = false, type = AttributeType.PASSWORD, description = "Password of the trustStore.")
    String trustStorePassword() default "";

    @AttributeDefinition(description = "Whether a server's certificate has to bear the name or address in connect.")
    boolean verifyHostName() default true;
}
