package org.kemari.link.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Reads PKCS#12 files, with errors that name the file and what is wrong with it. */
final class Stores {
    private Stores() {}

    /** A private key and the certificates that go with it, this host's first. */
    record Key(PrivateKey key, X509Certificate[] chain) {}

    static KeyStore open(String what, Path file, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            return store;
        } catch (IOException e) {
            boolean wrongPassword = e.getCause() instanceof UnrecoverableKeyException;
            throw new IOException(
                    "the " + what + " " + file + " cannot be read: "
                            + (wrongPassword ? "the password is wrong" : reason(e)),
                    e);
        } catch (GeneralSecurityException e) {
            throw new IOException("the " + what + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Errors of files have their name as a message, and nothing else. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "access denied";
        }
        // what is not PKCS#12 at all has no message
        return e.getMessage() == null ? "it is not a PKCS#12 file" : e.getMessage();
    }

    static Key key(Path file, KeyStore store, char[] password) throws IOException {
        try {
            List<Key> keys = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)
                        && store.getKey(alias, password) instanceof PrivateKey key
                        && store.getCertificateChain(alias) != null) {
                    keys.add(new Key(
                            key,
                            Arrays.stream(store.getCertificateChain(alias))
                                    .map(X509Certificate.class::cast)
                                    .toArray(X509Certificate[]::new)));
                }
            }
            if (keys.size() != 1) {
                throw new IOException("the key store " + file + " has " + (keys.isEmpty() ? "no" : "more than one")
                        + " private key with a certificate; it must have exactly one");
            }
            return keys.get(0);
        } catch (GeneralSecurityException e) {
            throw new IOException("the private key in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The certificates that the store trusts. Keys in it are left out: who has them is not meant. */
    static KeyStore authorities(Path file, KeyStore store) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    trusted.setCertificateEntry(alias, store.getCertificate(alias));
                }
            }
            if (trusted.size() == 0) {
                throw new IOException("the trust store " + file + " has no certificate of a CA");
            }
            return trusted;
        } catch (GeneralSecurityException e) {
            throw new IOException("the trust store " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
