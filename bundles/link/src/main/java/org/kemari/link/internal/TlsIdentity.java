package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** What this host shows of itself, and whom it trusts: the contents of the stores at one time. Immutable. */
final class TlsIdentity {
    /** In this order; all that TLS 1.3 has in Java. The first is fastest where there are instructions for AES. */
    private static final String[] CIPHERS = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    private final String host;
    private final X509Certificate certificate;
    private final Path keyStore;
    private final Path trustStore;
    private final OneKey key;
    private final X509ExtendedTrustManager authorities;

    private TlsIdentity(
            String host,
            TlsSettings settings,
            X509Certificate certificate,
            OneKey key,
            X509ExtendedTrustManager trust) {
        this.host = host;
        this.certificate = certificate;
        this.keyStore = settings.keyStore();
        this.trustStore = settings.trustStore();
        this.key = key;
        this.authorities = trust;
    }

    /**
     * Reads the stores.
     *
     * @param host name of this host; the certificate must have it
     * @throws IOException if they cannot be used; the message says which, why, and what to do
     */
    static TlsIdentity load(String host, TlsSettings settings) throws IOException {
        char[] password = settings.keyPassword();
        KeyStore keys = Stores.open("key store", settings.keyStore(), password);
        KeyStore trusted = Stores.authorities(
                settings.trustStore(), Stores.open("trust store", settings.trustStore(), settings.trustPassword()));
        Stores.Key own = Stores.key(settings.keyStore(), keys, password);
        X509Certificate certificate = own.chain()[0];
        List<String> names = CertificateNames.of(certificate);
        if (!names.contains(host)) {
            throw new IOException(
                    "the certificate in " + settings.keyStore() + " is for " + CertificateNames.text(names)
                            + ", and this is host " + host + ": make one with ./kemari certs host DIR " + host);
        }
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            X509ExtendedTrustManager authorities = Arrays.stream(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow(() -> new IOException("this Java has no PKIX trust manager"));
            TlsIdentity identity =
                    new TlsIdentity(host, settings, certificate, new OneKey(own.key(), own.chain()), authorities);
            identity.requireValid();
            // a first engine finds out what else there may be, before a connection does
            identity.engine(true, Optional.empty());
            return identity;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the certificates in " + settings.trustStore() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** @throws SecurityRefusal if this host's own certificate is out of date by now */
    void requireValid() throws SecurityRefusal {
        Date now = new Date();
        if (now.after(certificate.getNotAfter())) {
            throw new SecurityRefusal("the certificate of this host, " + host + ", in " + keyStore + " expired on "
                    + Times.text(certificate.getNotAfter()) + ": make a new one with ./kemari certs host DIR " + host
                    + " --renew, and put it there");
        }
        if (now.before(certificate.getNotBefore())) {
            throw new SecurityRefusal("the certificate of this host, " + host + ", in " + keyStore
                    + " is valid only from " + Times.text(certificate.getNotBefore()) + " on: check the clock");
        }
    }

    Date validUntil() {
        return certificate.getNotAfter();
    }

    /**
     * For one connection. Each has a context of its own: nothing of an earlier connection is resumed, so that every one
     * shows its certificate and is held to the stores as they are now.
     *
     * @param wanted the host that is dialled
     */
    SSLEngine engine(boolean client, Optional<String> wanted) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {key}, new TrustManager[] {new PeerTrust(authorities, trustStore, wanted)}, null);
            SSLEngine engine = context.createSSLEngine();
            SSLParameters parameters = new SSLParameters(CIPHERS, new String[] {"TLSv1.3"});
            parameters.setNeedClientAuth(true);
            parameters.setUseCipherSuitesOrder(true);
            engine.setUseClientMode(client);
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("this Java cannot do TLS 1.3: " + e.getMessage(), e);
        }
    }

    /** Who this is, and for how long, for people. */
    @Override
    public String toString() {
        return "certificate for " + CertificateNames.text(certificate) + ", issued by "
                + CertificateNames.printable(
                        certificate.getIssuerX500Principal().getName()) + ", valid until "
                + Times.text(certificate.getNotAfter());
    }
}
