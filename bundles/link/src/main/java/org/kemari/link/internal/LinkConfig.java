package org.kemari.link.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the links between hosts, PID {@value #PID}. They hold for connections that begin after a change. */
@ObjectClassDefinition(
        name = "Kemari links",
        description =
                "How the connections between hosts are protected. A change holds for connections that begin after it."
                        + " Stores that cannot be used are reported, and the certificates from before stay in force.")
public @interface LinkConfig {
    String PID = "org.kemari.link";

    @AttributeDefinition(
            name = "Security",
            description = "tls: TLS 1.3, both sides show a certificate. clear: neither encrypted nor authenticated")
    String security() default "tls";

    @AttributeDefinition(
            name = "Key store",
            description = "PKCS#12 file with this host's private key and certificate; empty: kemari/tls/host.p12 in the"
                    + " directory of the configuration")
    String keyStore() default "";

    @AttributeDefinition(
            name = "Password of the key store",
            description = "Empty: from the password file",
            type = AttributeType.PASSWORD)
    String keyStorePassword() default "";

    @AttributeDefinition(
            name = "Password file of the key store",
            description = "Its first line is the password; empty: the file password beside the key store")
    String keyStorePasswordFile() default "";

    @AttributeDefinition(
            name = "Trust store",
            description = "PKCS#12 file with the certificates of the CAs that sign hosts; empty: ca.p12 beside the key"
                    + " store")
    String trustStore() default "";

    @AttributeDefinition(
            name = "Password of the trust store",
            description = "Empty: from its password file",
            type = AttributeType.PASSWORD)
    String trustStorePassword() default "";

    @AttributeDefinition(
            name = "Password file of the trust store",
            description = "Its first line is the password; empty: the password of the key store")
    String trustStorePasswordFile() default "";
}
