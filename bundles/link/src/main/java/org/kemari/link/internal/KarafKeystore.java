package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.karaf.jaas.config.KeystoreInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of the links as a key store and trust store of the name {@value #NAME}, with which Karaf's JMX connector can be
 * told to do TLS. They are read when it begins.
 */
final class KarafKeystore implements KeystoreInstance {
    static final String NAME = "kemari";
    private static final Logger LOG = LoggerFactory.getLogger(KarafKeystore.class);

    private volatile TlsSettings settings;
    private volatile String complaint = "";

    KarafKeystore(TlsSettings settings) {
        this.settings = settings;
    }

    void change(TlsSettings now) {
        settings = now;
    }

    private static boolean announcesKeystores(StackWalker.StackFrame frame) {
        return frame.getMethodName().equals("addingService")
                && frame.getClassName().startsWith("org.apache.karaf.management.");
    }

    private Stores.Key key() throws IOException {
        char[] password = settings.keyPassword();
        return Stores.key(settings.keyStore(), Stores.open("key store", settings.keyStore(), password), password);
    }

    private KeyStore authorities() throws IOException {
        Path file = settings.trustStore();
        return Stores.authorities(file, Stores.open("trust store", file, settings.trustPassword()));
    }

    /** What Karaf takes for a store whose password it has not been told yet: it asks again, and says only that. */
    @Override
    public boolean isKeystoreLocked() {
        try {
            key();
            authorities();
            complaint = "";
            return false;
        } catch (IOException e) {
            if (!complaint.equals(e.getMessage())) {
                complaint = String.valueOf(e.getMessage());
                LOG.warn(
                        "Karaf has no certificate to show: {}; etc/org.kemari.link.cfg tells where they are",
                        complaint);
            }
            return true;
        }
    }

    /** There is one key, whatever it is called. */
    @Override
    public boolean isKeyLocked(String alias) {
        return isKeystoreLocked();
    }

    /**
     * Refuses a connector that is begun because a key store has come: if there is one already, Karaf makes another one, which
     * cannot serve, and forgets the one that does, whose port is never free again. If there is none, it will be begun anew.
     */
    @Override
    public KeyManager[] getKeyManager(String algorithm, String alias) throws KeyStoreException {
        if (StackWalker.getInstance().walk(frames -> frames.anyMatch(KarafKeystore::announcesKeystores))) {
            throw new KeyStoreException(" there is no need to, it serves or will be begun anew");
        }
        try {
            Stores.Key own = key();
            return new KeyManager[] {new OneKey(own.key(), own.chain())};
        } catch (IOException e) {
            throw new KeyStoreException(e.getMessage(), e);
        }
    }

    @Override
    public TrustManager[] getTrustManager(String algorithm) throws KeyStoreException, NoSuchAlgorithmException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities());
            return factory.getTrustManagers();
        } catch (IOException e) {
            throw new KeyStoreException(e.getMessage(), e);
        }
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public int getRank() {
        return 0;
    }

    @Override
    public String getType() {
        return "PKCS12";
    }

    @Override
    public String[] listTrustCertificates() {
        try {
            return Collections.list(authorities().aliases()).toArray(String[]::new);
        } catch (IOException | KeyStoreException e) {
            LOG.debug("The trust store cannot be read", e);
            return new String[0];
        }
    }

    /** As all of the following, {@code null} if there is none: that is how Karaf wants it. */
    @Override
    public Certificate getCertificate(String alias) {
        return own().map(key -> key.chain()[0]).orElse(null);
    }

    @Override
    public String getCertificateAlias(Certificate certificate) {
        return own().filter(key -> key.chain()[0].equals(certificate))
                .map(key -> OneKey.ALIAS)
                .orElse(null);
    }

    @Override
    public Certificate[] getCertificateChain(String alias) {
        return own().map(Stores.Key::chain).orElse(null);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return own().map(Stores.Key::key).orElse(null);
    }

    private Optional<Stores.Key> own() {
        try {
            return Optional.of(key());
        } catch (IOException e) {
            LOG.debug("The key store cannot be read", e);
            return Optional.empty();
        }
    }
}
